import { describe, expect, it } from "vitest";

import { addressOf } from "./address.ts";
import { connect } from "./connect.ts";
import { PREFIX, queueName } from "./shard-queue.ts";

describe("an address of Redis", () => {
  it.each([
    ["redis://queue", { host: "queue", port: 6379, db: 0 }, "redis://queue"],
    ["redis://queue:7000/3", { host: "queue", port: 7000, db: 3 }, "redis://queue:7000/3"],
    ["redis://:p%40s%2F@queue:7000", { host: "queue", port: 7000, db: 0, password: "p@s/" }, "redis://queue:7000"],
    ["rediss://me:secret@queue/", { host: "queue", port: 6379, db: 0, username: "me", password: "secret", tls: {} }, "rediss://queue/"],
    ["redis://[::1]:7000", { host: "::1", port: 7000, db: 0 }, "redis://[::1]:7000"],
    ["unix:///run/redis.sock?db=2", { path: "/run/redis.sock", db: 2 }, "unix:///run/redis.sock?db=2"],
  ])("%s is read, and told without its password", (url, options, shown) => {
    expect(addressOf(url)).toEqual({ options, shown });
  });

  it.each([
    "http://me:secret@queue",
    "redis://",
    "redis://:secret#1@queue",
    "redis://me:12#secret@queue",
    "redis://me:12?secret@queue",
    "redis://me:12/secret@queue",
    "redis://:secret%zz@queue",
    "redis://queue/three",
    "secret@queue:6379",
    "unix://",
  ])("%s is refused, without telling what may be a password", async (url) => {
    const refused = await connect(url).catch((error: unknown) => error as Error);
    expect(refused).toMatchObject({ code: "OPTION_INVALID", message: expect.stringContaining("redis://host:6379") });
    expect(JSON.stringify(refused) + (refused as Error).message).not.toContain("secret");
  });

  it("holds a queue by the manifest: the same for the same work, another for other work", () => {
    const [a, b] = ["a", "b"].map((letter) => queueName({ id: letter.repeat(64) } as Parameters<typeof queueName>[0]));
    expect(`${PREFIX}:${a}`).toBe(`xdeep:${"a".repeat(32)}`);
    expect(b).not.toBe(a);
  });
});

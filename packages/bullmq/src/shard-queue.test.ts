import { describe, expect, it } from "vitest";

import { connect, queueName } from "./shard-queue.ts";

describe("a connection to Redis", () => {
  it("that is no URL of Redis is refused, without telling a password", async () => {
    await expect(connect("http://queue")).rejects.toMatchObject({ code: "OPTION_INVALID", message: expect.stringContaining("redis://host:6379") });
  });

  it("is by the manifest: the same for the same work, another for other work", () => {
    const [a, b] = ["a", "b"].map((letter) => queueName({ id: letter.repeat(64) } as Parameters<typeof queueName>[0]));
    expect(a).toBe(`xdeep-${"a".repeat(32)}`);
    expect(b).not.toBe(a);
  });
});

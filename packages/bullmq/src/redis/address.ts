import { XDeepError, printable } from "@xdeep/core";
import type { RedisOptions } from "ioredis";

/** Where a Redis is, and how it may be told to people. */
export interface Address {
  readonly options: Pick<RedisOptions, "host" | "port" | "path" | "username" | "password" | "db" | "tls">;
  /** Without its user and password. */
  readonly shown: string;
}

const FORMS = "redis://host:6379, redis://host:6379/3 for database 3, rediss://host:6379 for TLS, or unix:///path/redis.sock";

/** @throws {XDeepError} OPTION_INVALID for what is no address of Redis. It tells nothing of what may be a password */
export function addressOf(url: string): Address {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const { protocol = "", hostname = "", port = "", pathname = "", search = "", hash = "" } = parsed ?? {};
  const isSocket = protocol === "unix:";
  if (parsed !== null && !isSocket && protocol !== "redis:" && protocol !== "rediss:") throw invalid(`"${printable(protocol)}" is no Redis.`);
  const database = isSocket ? (/^\?db=(\d+)$/.exec(search)?.[1] ?? "") : (/^\/(\d+)$/.exec(pathname)?.[1] ?? "");
  const rest = isSocket ? search : pathname.replace(/^\/$/, "") + search;
  if (
    parsed === null ||
    hash !== "" ||
    (database === "" && rest !== "") ||
    (isSocket ? pathname === "" : hostname === "" || (database !== "" && search !== ""))
  ) {
    throw invalid("The address of Redis cannot be read.");
  }
  return {
    options: {
      ...(isSocket ? { path: decoded(pathname) } : { host: hostname.replaceAll(/^\[|\]$/g, ""), port: port === "" ? 6379 : Number(port) }),
      ...(parsed.username === "" ? {} : { username: decoded(parsed.username) }),
      ...(parsed.password === "" ? {} : { password: decoded(parsed.password) }),
      db: Number(database),
      ...(protocol === "rediss:" ? { tls: {} } : {}),
    },
    shown: printable(isSocket ? `unix://${pathname}${search}` : `${protocol}//${parsed.host}${pathname}`),
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw invalid("The address of Redis cannot be read.");
  }
}

function invalid(problem: string): XDeepError {
  const message = `${problem} Give ${FORMS}; in a password, whatever is no letter and no digit is written as %XX, such as %40 for @.`;
  return new XDeepError("OPTION_INVALID", message, { details: { option: "url" } });
}

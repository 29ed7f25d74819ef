import { XDeepError } from "@xdeep/core";
import { ReplyError } from "ioredis";

/** What to do about what Redis, or the way to it, says. */
const ADVICE: readonly (readonly [said: RegExp, advice: string])[] = [
  [
    /NOAUTH|WRONGPASS|invalid password|no password is set/,
    "Give its password in the address: redis://:PASSWORD@host:6379, or redis://USER:PASSWORD@host:6379.",
  ],
  [/NOPERM/, "The user of the address needs all commands on the keys of xdeep (ACL SETUSER NAME ~xdeep:* +@all)."],
  [/self.signed|unable to (?:verify|get)|certificate/i, "Name the certificate that it, or who signed it, has: NODE_EXTRA_CA_CERTS=ca.pem, before the command."],
  [/DB index/, "Name a database that it has, behind the address: redis://host:6379/0."],
  [/wrong version number|packet length|EPROTO/i, "Does it speak TLS? Without TLS its address begins with redis://."],
  [
    /OOM|MISCONF|READONLY|LOADING/,
    "Give it what it lacks, such as memory (maxmemory), room on its disk, or a Redis that takes writes, and call again: what is written stays.",
  ],
];

const IS_IT_THERE = "Is Redis running, and may this machine reach it? With TLS its address begins with rediss://.";

export function adviceFor(reason: string): string {
  return ADVICE.find(([said]) => said.test(reason))?.[1] ?? IS_IT_THERE;
}

/** Whether Redis has answered, and refused. */
export function isRefusal(error: unknown): error is Error {
  return error instanceof ReplyError;
}

/** Whether Redis will say the same to whatever comes. */
export function isFinal(error: unknown): error is Error {
  return isRefusal(error) && /^(?:NOAUTH|WRONGPASS|NOPERM|ERR unknown command|CROSSSLOT|MOVED)/.test(error.message);
}

export function refused({ message }: Error): XDeepError {
  const [reason] = message.split(" script: ");
  // What Redis answered holds the command with its arguments, a password among them: it is not passed on.
  return new XDeepError("QUEUE_UNAVAILABLE", `Redis refuses the work: ${reason!.replace(/\.$/, "")}. ${adviceFor(message)}`);
}

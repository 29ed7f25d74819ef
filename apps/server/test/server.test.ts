import { once } from "node:events";
import { Agent, request } from "node:http";
import { createConnection } from "node:net";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";

import { float32 } from "@xdeep/core";
import { Backprop } from "@xdeep/guided";
import { integrated } from "@xdeep/integrated";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import type { InjectOptions } from "fastify";
import { describe, expect, it } from "vitest";

import { type SmallServer, WIDTH, network, runs, smallServer } from "./small-server.ts";

const X = [0.5, -1, 0.25, 2];
const tensor = (rows = 1): object => ({
  name: "x",
  shape: [rows, WIDTH],
  datatype: "FP32",
  data: Array.from({ length: rows }, (_, n) => X.map((value) => value + n / 10)).flat(),
});
const input = (rows = 1): ReturnType<typeof float32> => float32([rows, WIDTH], (tensor(rows) as { data: number[] }).data);

interface Answer {
  readonly status: number;
  readonly body: never;
  readonly headers: Readonly<Record<string, unknown>>;
}

async function ask({ app }: SmallServer, url: string, payload?: object | string | Buffer, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const isText = typeof payload === "string" || Buffer.isBuffer(payload);
  const body =
    payload === undefined ? {} : { payload: isText ? payload : JSON.stringify(payload), headers: { "content-type": "application/json", ...headers } };
  const answer = await app.inject({ method: payload === undefined ? "GET" : "POST", url, ...body } as InjectOptions);
  return {
    status: answer.statusCode,
    body: (String(answer.headers["content-type"]).startsWith("application/json") ? answer.json() : answer.rawPayload) as never,
    headers: answer.headers,
  };
}

/** A form with this field `parameters`, and its headers. */
function form(parameters: string, ...headers: readonly string[]): readonly [string, Readonly<Record<string, string>>] {
  const field = ['Content-Disposition: form-data; name="parameters"', ...headers, "", parameters].join("\r\n");
  return [`--b\r\n${field}\r\n--b--\r\n`, { "content-type": "multipart/form-data; boundary=b" }];
}

describe("the Open Inference Protocol", () => {
  it("runs a model: numbers are its own", async () => {
    const server = await smallServer({ net: {} });
    const { body } = await ask(server, "/v2/models/net/infer", { id: "7", inputs: [tensor(2)] });
    const { outputs } = await network().forward({ feeds: { x: input(2) } });
    const [name, { data }] = Object.entries(outputs)[0]!;
    expect(body).toMatchObject({
      model_name: "net",
      id: "7",
      outputs: [{ name, datatype: "FP32", shape: [2, 3], data: [...(data as Float32Array)] }],
      provenance: { model_sha256: expect.any(String) },
    });
  });

  it("explains: attributions, scores and deltas are those of the library, with provenance", async () => {
    const server = await smallServer({ net: {} });
    const { body } = await ask(server, "/v2/models/net/explain", { inputs: [tensor(2)], parameters: { method: "integrated", n: 7, target: ["cat", 1] } });
    const expected = await integrated(new Backprop(network()), { n: 7 }).explain(input(2), { target: [2, 1] });
    expect(body).toMatchObject({
      targets: [2, 1],
      target_names: ["cat", "bee"],
      outputs: [
        { name: "x", shape: [2, WIDTH], data: [...expected.values.data] },
        { name: "scores", shape: [2], data: [...expected.scores] },
        { name: "convergence_delta", data: [...expected.convergenceDelta!] },
      ],
      provenance: { method: { name: "integrated", parameters: { n: 7 } }, rule: "standard" },
    });
  });

  it("takes and gives binary tensors", async () => {
    const server = await smallServer({ net: {} });
    const bytes = Buffer.from(Float32Array.from(X).buffer);
    const json = Buffer.from(
      JSON.stringify({
        inputs: [{ name: "x", shape: [1, WIDTH], datatype: "FP32", parameters: { binary_data_size: 16 } }],
        parameters: { binary_data_output: true },
      }),
    );
    const headers = { "content-type": "application/octet-stream", "inference-header-content-length": String(json.length) };
    const answer = await ask(server, "/v2/models/net/explain", Buffer.concat([json, bytes]), headers);
    const raw = answer.body as Buffer;
    const length = Number(answer.headers["inference-header-content-length"]);
    const { outputs } = JSON.parse(raw.subarray(0, length).toString()) as { outputs: { name: string; parameters: { binary_data_size: number } }[] };
    expect(outputs.map(({ name, parameters }) => [name, parameters.binary_data_size])).toEqual([
      ["x", 16],
      ["scores", 4],
    ]);
    const expected = await new Backprop(network()).explain(input());
    expect(Buffer.from(expected.values.data.buffer).equals(raw.subarray(length, length + 16))).toBe(true);
    for (const wrong of [bytes.subarray(4), Buffer.concat([bytes, bytes])]) {
      expect((await ask(server, "/v2/models/net/infer", Buffer.concat([json, wrong]), headers)).status).toBe(400);
    }
    expect((await ask(server, "/v2/models/net/infer", json, { ...headers, "inference-header-content-length": "99999" })).status).toBe(400);
  });

  it("takes what begins with a byte order mark, and parameters of forms as text or as JSON", async () => {
    const server = await smallServer({ net: {} });
    expect((await ask(server, "/v2/models/net/infer", `\ufeff${JSON.stringify({ inputs: [tensor()] })}`)).status).toBe(200);
    for (const headers of [[], ["Content-Type: application/json"]]) {
      const [body, type] = form('{"timeout":-1,"target":[[[[0]]]]}', ...headers);
      expect((await ask(server, "/v2/models/net/explain", body, type)).body).toMatchObject({
        error: expect.stringContaining('"timeout" is a number') as string,
      });
    }
  });

  it("takes bodies that name no type, as Triton's clients send them", async () => {
    const server = await smallServer({ net: {} });
    const { app } = server;
    const payload = JSON.stringify({ inputs: [tensor()] });
    expect((await app.inject({ method: "POST", url: "/v2/models/net/infer", payload: Buffer.from(payload) })).statusCode).toBe(200);
    const json = JSON.stringify({ inputs: [{ name: "x", shape: [1, WIDTH], datatype: "FP32", parameters: { binary_data_size: 16 } }] });
    const binary = Buffer.concat([Buffer.from(json), Buffer.from(Float32Array.from(X).buffer)]);
    const headers = { "inference-header-content-length": String(json.length) };
    expect((await app.inject({ method: "POST", url: "/v2/models/net/infer", payload: binary, headers })).statusCode).toBe(200);
  });

  it.each([
    ["an input in shared memory", { inputs: [{ ...tensor(), data: undefined, parameters: { shared_memory_region: "a", shared_memory_byte_size: 16 } }] }],
    ["an output in shared memory", { inputs: [tensor()], outputs: [{ name: "out", parameters: { shared_memory_region: "a" } }] }],
    ["the highest classes", { inputs: [tensor()], outputs: [{ name: "out", parameters: { classification: 2 } }] }],
    ["a state from one request to the next", { inputs: [tensor()], parameters: { sequence_id: 5, sequence_start: true } }],
  ])("refuses what Triton has and this server has not, rather than answer something else: %s", async (_, body) => {
    const server = await smallServer({ net: {} });
    expect(await ask(server, "/v2/models/net/infer", body)).toMatchObject({
      status: 400,
      body: { code: "BODY_INVALID", error: expect.stringMatching(/shared|classes|state/) as string },
    });
  });

  it("KServe's v1 says the same", async () => {
    const server = await smallServer({ net: {} });
    const predicted = await ask(server, "/v1/models/net:predict", { instances: [X, X] });
    const { outputs } = await network().forward({ feeds: { x: input() } });
    const row = [...(Object.values(outputs)[0]!.data as Float32Array)];
    expect(predicted.body).toMatchObject({ predictions: [row, row] });
    const explained = await ask(server, "/v1/models/net:explain", { instances: [{ x: X }], parameters: { target: 1 } });
    const { values, scores } = await new Backprop(network()).explain(input(), { target: 1 });
    expect(explained.body).toMatchObject({ explanations: [{ target: 1, name: "bee", score: scores[0], values: [...values.data] }] });
    expect((await ask(server, "/v1/models/net")).body).toEqual({ name: "net", ready: true });
    expect((await ask(server, "/v1/models")).body).toEqual({ models: ["net"] });
    expect((await ask(server, "/")).body).toEqual({ status: "alive" });
  });

  it("answers as the OpenAPI document says", async () => {
    const server = await smallServer({ net: {} });
    const { body: document } = (await ask(server, "/openapi.json")) as {
      body: { paths: Record<string, Record<string, { responses: Record<string, { content: Record<string, { schema: object }> }> }>>; components: object };
    };
    const version = ((await ask(server, "/v2/models/net")).body as { versions: [string] }).versions[0];
    const ajv = new Ajv2020({ strict: false });
    const bodies: Readonly<Record<string, object>> = {
      "/v2/models/{name}/infer": { inputs: [tensor()] },
      "/v2/models/{name}/explain": { inputs: [tensor()], parameters: { method: "integrated" } },
      "/v1/models/{name}:predict": { instances: [X] },
      "/v1/models/{name}:explain": { instances: [X], parameters: { method: "integrated" } },
    };
    let checked = 0;
    const conforms = ({ status, body }: Answer, responses: Record<string, { content: Record<string, { schema: object }> }>): void => {
      const schema = responses[String(status)]!.content["application/json"]?.schema;
      if (schema === undefined) return;
      const validate = ajv.compile({ ...schema, components: document.components });
      expect([validate(body), validate.errors]).toEqual([true, null]);
      checked += 1;
    };
    for (const [path, operations] of Object.entries(document.paths)) {
      const [{ responses }] = Object.values(operations) as [{ responses: Record<string, { content: Record<string, { schema: object }> }> }];
      const body = bodies[path.replace("/versions/{version}", "")];
      const of = (name: string): string => path.replace("{name}", name).replace("{version}", version);
      conforms(await ask(server, of("net"), body), responses);
      if (body !== undefined) conforms(await ask(server, of("net"), {}), responses);
      if (path.includes("{name}")) conforms(await ask(server, of("none"), body), responses);
    }
    expect(checked).toBeGreaterThan(28);
  });
});

describe("requests that come together", () => {
  it("run together, each with the answer that it has alone, and one that is wrong harms no other", async () => {
    const server = await smallServer({ net: { slow: 40 } });
    runs.length = 0;
    const bodies = Array.from({ length: 9 }, (_, n) => ({
      inputs: [{ ...tensor(), data: X.map((value) => value * n) }],
      parameters: { target: n === 4 ? 99 : n % 3 },
    }));
    const answers = await Promise.all(bodies.map((body) => ask(server, "/v2/models/net/explain", body)));
    for (const [n, { status, body }] of answers.entries()) {
      if (n === 4) expect([status, (body as { code: string }).code]).toEqual([400, "TARGET_OUT_OF_RANGE"]);
      else {
        const { values } = await new Backprop(network()).explain(
          float32(
            [1, WIDTH],
            X.map((value) => value * n),
          ),
          { target: n % 3 },
        );
        expect((body as { outputs: [{ data: number[] }] }).outputs[0].data).toEqual([...values.data]);
      }
    }
    runs.length = 0;
    const good = bodies.filter((_, n) => n !== 4);
    await Promise.all([...good, ...good].map((body) => ask(server, "/v2/models/net/explain", body)));
    expect(Math.max(...runs.map(({ rows }) => rows))).toBe(8);
    expect(runs.length).toBeLessThan(8);
  });
});

describe("limits", () => {
  it("refuse who would wait too long, at once, and say when to come again", async () => {
    const server = await smallServer({ net: { slow: 300 } }, { limits: { waiting: 2 } });
    const infer = { inputs: [tensor()] };
    const all = await Promise.all(
      Array.from({ length: 12 }, (_, n) => ask(server, "/v2/models/net/explain", { ...infer, parameters: { method: "integrated", n: 1 + n } })),
    );
    const refused = all.filter(({ status }) => status === 429);
    expect(all.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(2);
    expect(refused.length).toBeGreaterThanOrEqual(8);
    for (const { headers, body } of refused) {
      expect(Number(headers["retry-after"])).toBeGreaterThanOrEqual(1);
      expect(body).toMatchObject({ code: "BUSY" });
    }
  });

  it("end what takes too long with 504, and free the engine", async () => {
    const server = await smallServer({ net: { slow: 5000 } });
    runs.length = 0;
    const started = performance.now();
    expect(await ask(server, "/v2/models/net/infer", { inputs: [tensor()], parameters: { timeout: 0.1 } })).toMatchObject({
      status: 504,
      body: { code: "DEADLINE" },
    });
    expect(performance.now() - started).toBeLessThan(3000);
    await sleep(50);
    expect(runs).toEqual([{ rows: 1, aborted: true }]);
  });

  it("stop work when the client leaves", async () => {
    const server = await smallServer({ net: { slow: 5000 } });
    runs.length = 0;
    const body = JSON.stringify({ inputs: [tensor()] });
    const socket = createConnection(Number(new URL(server.address).port), "127.0.0.1");
    socket.write(`POST /v2/models/net/infer HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    while (runs.length === 0) await sleep(5);
    socket.destroy();
    while (!runs[0]!.aborted) await sleep(5);
    expect(runs).toHaveLength(1);
  });

  it("bound bodies, JSON, rows and gradients", async () => {
    const server = await smallServer({ net: {} }, { limits: { bodyBytes: 20_000, jsonBytes: 10_000, rows: 8, gradients: 100 } });
    const status = async (payload: object | string | Buffer, headers?: Readonly<Record<string, string>>): Promise<number> =>
      (await ask(server, "/v2/models/net/explain", payload, headers)).status;
    expect(await status("x".repeat(30_000))).toBe(413);
    expect(await status("x".repeat(15_000))).toBe(413);
    expect(await status({ inputs: [tensor(9)] })).toBe(413);
    expect(await status({ inputs: [tensor(5)], parameters: { method: "integrated", n: 21 } })).toBe(413);
    expect(await status({ inputs: [tensor(5)], parameters: { method: "integrated", n: 20 } })).toBe(200);
    expect(await status("<x/>", { "content-type": "text/xml" })).toBe(415);
    expect(await status({ inputs: [tensor()] }, { "content-encoding": "gzip" })).toBe(415);
    expect(await status(...form("x".repeat(12_000)))).toBe(413);
  });

  it("bound what all requests hold in memory, until they are answered or their clients have left", async () => {
    const server = await smallServer({ net: {} }, { limits: { heldBytes: 25_000, bodyBytes: 20_000, jsonBytes: 20_000 } });
    const { port } = new URL(server.address);
    const status = async (): Promise<number> => (await fetch(`${server.address}/v2/models/net/infer`, posted)).status;
    const posted = { method: "POST", body: JSON.stringify({ inputs: [tensor()] }).padEnd(10_000), headers: { "content-type": "application/json" } };
    for (let n = 0; n < 4; n++) {
      expect(await status()).toBe(200);
      expect((await ask(server, "/v2/models/net/infer", posted.body)).status).toBe(200);
    }
    const slow = createConnection(Number(port), "127.0.0.1").on("error", () => undefined);
    slow.write("POST /v2/models/net/infer HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n");
    const becomes = async (wanted: number): Promise<void> => {
      for (let tries = 0; (await status()) !== wanted; tries++) {
        if (tries > 200) throw new Error(`It was never ${wanted}.`);
        await sleep(10);
      }
    };
    await becomes(429);
    slow.destroy();
    await becomes(200);
    const { body } = await ask(server, "/metrics");
    expect(String(body)).toMatch(/xdeep_request_seconds_count\{route="[^"]*infer",status="499"\} 1/);
  });

  it("end bodies that come too slowly", async () => {
    const server = await smallServer({ net: {} }, { limits: { bodySeconds: 1 } });
    const socket = createConnection(Number(new URL(server.address).port), "127.0.0.1");
    socket.write("POST /v2/models/net/infer HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{");
    const drip = setInterval(() => socket.write(" "), 200);
    socket.on("error", () => undefined);
    let said = "";
    socket.on("data", (data) => (said += data.toString()));
    await new Promise((resolve) => socket.on("close", resolve));
    clearInterval(drip);
    expect(said).toMatch(/^HTTP\/1.1 408/);
  });
});

describe("what is wrong", () => {
  it.each([
    ["no JSON", "{", 400, "BODY_INVALID"],
    ["no object", "[1]", 400, "BODY_INVALID"],
    ["no inputs", {}, 400, "BODY_INVALID"],
    ["an unknown input", { inputs: [{ ...tensor(), name: "y" }] }, 400, "INPUT_UNKNOWN"],
    ["a missing one", { inputs: [{ ...tensor(), name: 7 }] }, 400, "INPUT_UNKNOWN"],
    ["an input twice", { inputs: [tensor(), tensor()] }, 400, "BODY_INVALID"],
    ["too few numbers", { inputs: [{ ...tensor(), shape: [2, WIDTH] }] }, 400, "BODY_INVALID"],
    ["other dims", { inputs: [{ ...tensor(), shape: [WIDTH, 1] }] }, 400, "INPUT_SHAPE"],
    ["a shape of more numbers than came", { inputs: [{ ...tensor(), shape: [1, 2 ** 50] }] }, 400, "BODY_INVALID"],
    [
      "lists in lists without end",
      JSON.stringify({ inputs: [tensor()] }).replace("{", `{"parameters":{"n":${"[".repeat(1e5)}${"]".repeat(1e5)}},`),
      400,
      "BODY_INVALID",
    ],
    ["bytes that are no UTF-8", Buffer.from(JSON.stringify({ id: "\xff", inputs: [tensor()] }), "latin1"), 400, "BODY_INVALID"],
    ["a shape that is none", { inputs: [{ ...tensor(), shape: [-1, 1e300] }] }, 400, "BODY_INVALID"],
    ["text for numbers", { inputs: [{ ...tensor(), data: ["a", 1, 2, 3] }] }, 400, "BODY_INVALID"],
    ["nulls", { inputs: [{ ...tensor(), data: [null, 1, 2, 3] }] }, 400, "BODY_INVALID"],
    ["a number beyond float32", '{"inputs":[{"name":"x","shape":[1,4],"datatype":"FP32","data":[1e300,1,2,3]}]}', 400, "INPUT_NOT_FINITE"],
    ["a datatype that is none", { inputs: [{ ...tensor(), datatype: "FP7" }] }, 400, "BODY_INVALID"],
    ["a picture for a model of numbers", { inputs: [{ name: "x", datatype: "BYTES", shape: [1], data: ["aGk="] }] }, 400, "INPUT_TYPE"],
    ["an unknown method", { inputs: [tensor()], parameters: { method: "magic" } }, 400, "OPTION_INVALID"],
    ["an unknown parameter", { inputs: [tensor()], parameters: { targte: 1 } }, 400, "OPTION_INVALID"],
    ["an unknown class", { inputs: [tensor()], parameters: { target: "dog" } }, 400, "TARGET_INVALID"],
    ["targets for other rows", { inputs: [tensor()], parameters: { target: [1, 2] } }, 400, "BODY_INVALID"],
    ["a cost that is none", { inputs: [tensor()], parameters: { method: "integrated", n: "many" } }, 413, "BODY_TOO_LARGE"],
    ["a choice that is none", { inputs: [tensor()], parameters: { binary_data_output: "yes" } }, 400, "BODY_INVALID"],
    ["a timeout that is none", { inputs: [tensor()], parameters: { timeout: -1 } }, 400, "BODY_INVALID"],
    ["a prototype", '{"inputs":[{"__proto__":{"name":"x"}}],"parameters":{"__proto__":{"method":7}}}', 400, "INPUT_UNKNOWN"],
  ])("%s: is refused, and says why", async (_, payload, status, code) => {
    const server = await smallServer({ net: {} });
    expect(await ask(server, "/v2/models/net/explain", payload)).toMatchObject({ status, body: { code, error: expect.stringMatching(/.{10}/) } });
  });

  it.each(["..%2f..%2fetc%2fpasswd", "%2e%2e", "net%00", "__proto__", "constructor", "a".repeat(280), "net.onnx", "..%5cnet"])(
    "a name of no model, %s: 404, and no path is opened",
    async (name) => {
      const server = await smallServer({ net: {} });
      for (const url of [`/v2/models/${name}/infer`, `/v1/models/${name}:predict`]) {
        const { status } = await ask(server, url, { inputs: [tensor()] });
        expect([400, 404]).toContain(status);
      }
      expect((await ask(server, `/v2/models/${name}`)).status).toBeGreaterThanOrEqual(400);
    },
  );

  it.each([
    ["no HTTP", "GARBAGE\r\n\r\n", 400],
    ["a head without end", `GET /v2 HTTP/1.1\r\nhost: a\r\nx: ${"a".repeat(20_000)}`, 431],
    [
      "a chunk that is none",
      "POST /v2/models/net/infer HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
      400,
    ],
    ["an address that is none", "GET /v2/models/%zz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n", 400],
  ])("%s: is told in the same form as everything else", async (_, text, status) => {
    const server = await smallServer({ net: {} });
    const socket = createConnection(Number(new URL(server.address).port), "127.0.0.1");
    socket.on("error", () => undefined);
    let said = "";
    socket.on("data", (data) => (said += data.toString()));
    socket.write(text);
    await new Promise((resolve) => socket.on("close", resolve));
    expect(said).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(JSON.parse(said.slice(said.indexOf("\r\n\r\n")))).toEqual({ error: expect.stringMatching(/.{10}/) as string, code: "BODY_INVALID" });
  });

  it("a method that an address does not have: 405, with those that it has", async () => {
    const { app } = await smallServer({ net: {} });
    for (const [method, url, allow] of [
      ["DELETE", "/v2/models/net", "GET, HEAD"],
      ["GET", "/v2/models/net/infer", "POST"],
      ["PUT", "/v1/models/net", "GET, HEAD, POST"],
      ["TRACE", "/metrics", "GET, HEAD"],
    ] as const) {
      const { statusCode, headers, body } = await app.inject({ method: method as "PUT", url });
      expect([statusCode, headers["allow"], (JSON.parse(body) as { code: string }).code]).toEqual([405, allow, "METHOD_NOT_ALLOWED"]);
    }
  });

  it("a failing engine: 500, and the next one is asked again", async () => {
    const server = await smallServer({ net: {}, bad: { fails: "out of memory" } });
    expect(await ask(server, "/v2/models/bad/infer", { inputs: [tensor()] })).toMatchObject({ status: 500, body: { code: "ENGINE_FAILED" } });
    expect((await ask(server, "/v2/models/net/infer", { inputs: [tensor()] })).status).toBe(200);
  });

  it("anything at random: is answered, and never with 500", async () => {
    const server = await smallServer({ net: {} });
    const json = fc.json({ maxDepth: 4 });
    const nearly = fc.record(
      {
        inputs: fc.oneof(
          fc.jsonValue(),
          fc.array(
            fc.record(
              {
                name: fc.oneof(fc.constant("x"), fc.jsonValue()),
                shape: fc.jsonValue(),
                datatype: fc.oneof(fc.constantFrom("FP32", "BYTES", "INT64"), fc.jsonValue()),
                data: fc.jsonValue(),
                parameters: fc.jsonValue(),
              },
              { requiredKeys: [] },
            ),
            { maxLength: 2 },
          ),
        ),
        parameters: fc.jsonValue(),
        outputs: fc.jsonValue(),
        instances: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    const body = fc.oneof(
      json,
      nearly.map((value) => JSON.stringify(value)),
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    );
    const headers = fc.constantFrom<Readonly<Record<string, string>>>(
      {},
      { "content-type": "application/octet-stream", "inference-header-content-length": "5" },
      { "content-type": "multipart/form-data; boundary=x" },
    );
    const url = fc.constantFrom("/v2/models/net/infer", "/v2/models/net/explain", "/v1/models/net:predict", "/v1/models/net:explain");
    await fc.assert(
      fc.asyncProperty(url, body, headers, async (where, payload, extra) => {
        const { status } = await ask(server, where, payload, extra);
        expect([200, 400, 413, 415]).toContain(status);
      }),
      { numRuns: Number(process.env["XDEEP_RANDOM_BODIES"] ?? 400), seed: 11 },
    );
    expect((await ask(server, "/v2/models/net/infer", { inputs: [tensor()] })).status).toBe(200);
  });
});

describe("the folder of models", () => {
  it("is watched: new models are found, changed ones loaded again, removed ones gone", async () => {
    const server = await smallServer({ net: {} });
    /** Its version, or the code of what is wrong with it. */
    const versionOf = async (name: string): Promise<string> => {
      const { status, body } = await ask(server, `/v2/models/${name}`);
      return status === 200 ? (body as { versions: [string] }).versions[0] : (body as { code: string }).code;
    };
    const becomes = async (name: string, isIt: (version: string) => boolean): Promise<void> => {
      for (let tries = 0; !isIt(await versionOf(name)); tries++) {
        if (tries > 200) throw new Error(`${name} did not change.`);
        await sleep(10);
      }
    };
    const first = await versionOf("net");
    await server.add("other");
    await becomes("other", (version) => version === first);
    await server.add("net", { slow: 5 });
    await becomes("net", (version) => version !== first);
    expect((await ask(server, `/v2/models/net/versions/${first}/infer`, { inputs: [tensor()] })).status).toBe(404);
    expect((await ask(server, `/v2/models/net/versions/${await versionOf("net")}/infer`, { inputs: [tensor()] })).status).toBe(200);
    await rm(join(server.folder, "other.onnx"));
    await becomes("other", (version) => version === "MODEL_NOT_FOUND");
    await writeFile(join(server.folder, "broken.onnx"), "no model");
    await becomes("broken", (version) => version === "MODEL_INVALID");
    expect((await ask(server, "/v2/models/broken")).status).toBe(503);
  });

  it("is ready once its models are loaded; the process is alive before", async () => {
    const server = await smallServer({ net: {} });
    expect(await ask(server, "/v2/health/ready")).toMatchObject({ status: 200, body: { ready: true } });
    expect(await ask(server, "/v2/health/live")).toMatchObject({ status: 200, body: { live: true } });
  });
});

/** Asks from a thread of its own, and says what the answer was. */
const UNTAKEN_CLIENT = `
  const { parentPort, workerData: { port, sent } } = require("node:worker_threads");
  const socket = require("node:net").connect(port, "127.0.0.1", () => {
    socket.write("POST /v2/models/net/infer HTTP/1.1\\r\\nHost: x\\r\\nContent-Type: application/json\\r\\nContent-Length: 2\\r\\n\\r\\n{}", () => {
      Atomics.store(sent, 0, 1);
      Atomics.notify(sent, 0);
    });
  });
  let said = "";
  socket.on("data", (data) => (said += data)).on("error", ({ code }) => (said += code)).on("close", () => parentPort.postMessage(said));
`;

describe("a stop", () => {
  it("is over when all is answered, whoever keeps his connection open", async () => {
    const server = await smallServer({ net: { slow: 100 } });
    const agent = new Agent({ keepAlive: true });
    const answered = new Promise<number | undefined>((resolve) => {
      const asked = request(`${server.address}/v2/models/net/infer`, { method: "POST", agent, headers: { "content-type": "application/json" } });
      asked.on("response", (answer) => answer.resume().on("end", () => resolve(answer.statusCode)));
      asked.end(JSON.stringify({ inputs: [tensor()] }));
    });
    runs.length = 0;
    while (runs.length === 0) await sleep(5);
    const started = performance.now();
    await server.stop();
    expect(await answered).toBe(200);
    expect(performance.now() - started).toBeLessThan(20_000);
    agent.destroy();
  });

  it("is over though somebody never sends the rest of his request", async () => {
    const server = await smallServer({ net: {} }, { limits: { seconds: 0.1 } });
    const socket = createConnection(Number(new URL(server.address).port), "127.0.0.1").on("error", () => undefined);
    socket.write("POST /v2/models/net/infer HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{");
    await sleep(50);
    const closed = once(socket, "close");
    await server.stop();
    await closed;
  });

  it("refuses with a code who has connected and was not taken yet", async () => {
    const server = await smallServer({ net: {} });
    const sent = new Int32Array(new SharedArrayBuffer(4));
    const client = new Worker(UNTAKEN_CLIENT, { eval: true, workerData: { port: Number(new URL(server.address).port), sent } });
    const said = once(client, "message");
    // This thread takes no connections meanwhile.
    expect(Atomics.wait(sent, 0, 0, 20_000)).toBe("ok");
    await server.stop();
    expect(String(await said)).toMatch(/^HTTP\/1.1 503 [^]*"code":"STOPPING"/);
  });

  it("refuses with a code who asks on a connection that is open", async () => {
    const server = await smallServer({ net: { slow: 200 } });
    const { hostname, port } = new URL(server.address);
    const socket = createConnection(Number(port), hostname);
    let answers = "";
    socket.on("data", (chunk) => (answers += String(chunk)));
    const body = JSON.stringify({ inputs: [tensor()] });
    const request = `POST /v2/models/net/infer HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    socket.write(request);
    await sleep(50);
    const stopped = server.stop();
    socket.write(request);
    await Promise.all([stopped, once(socket, "close")]);
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 200", "HTTP/1.1 503"]);
    expect(answers).toContain('"code":"STOPPING"');
  });

  it("answers what has come, and refuses what comes", async () => {
    const server = await smallServer({ net: { slow: 200 } });
    const before = ask(server, "/v2/models/net/infer", { inputs: [tensor()] });
    await sleep(30);
    const stopped = server.stop();
    const refused = await fetch(`${server.address}/v2/models/net/infer`, { method: "POST", body: "{}", headers: { "content-type": "application/json" } }).then(
      ({ status }) => status,
      () => "refused",
    );
    expect([503, "refused"]).toContain(refused);
    expect((await before).status).toBe(200);
    await stopped;
  });
});

it("metrics count requests, rows and what waits; logs are lines of JSON", async () => {
  const lines: string[] = [];
  const server = await smallServer({ net: {} }, { logger: { level: "info", stream: { write: (line) => void lines.push(line) } } });
  await ask(server, "/v2/models/net/infer", { inputs: [tensor(3)] });
  const text = String((await ask(server, "/metrics")).body);
  expect(text).toContain('xdeep_rows_total{model="net",kind="infer"} 3');
  expect(text).toMatch(/xdeep_request_seconds_count\{route="\/v2\/models\/:name\/infer",status="200"\} 1/);
  expect(text).toContain("nodejs_eventloop_lag_seconds");
  expect(lines.map((line) => JSON.parse(line) as { msg: string }).map(({ msg }) => msg)).toEqual(expect.arrayContaining(["model loaded", "answered"]));
});

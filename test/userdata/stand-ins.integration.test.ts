import type { Request } from "./fake-aws";
import { Host, type Result } from "./host";

/** What a host did and what came of it, told without what is different each time. */
interface Told {
  readonly requests: unknown[];
  readonly calls: string[];
  readonly argv: string[];
  readonly results: Result[];
}

/** What AWS looks at in a request. */
const HEADERS = ["if-match", "if-none-match", "content-type", "x-amz-security-token", "x-aws-ec2-metadata-token"];

function seen({ method, host, path, headers, body }: Request): unknown {
  const scope = /Credential=([^,]*)/.exec(headers.authorization ?? "")?.[1] ?? "";
  return [method, host, path, ...HEADERS.map((name) => settled(String(headers[name] ?? ""))), scope, settled(body)];
}

/** A text without the times, process ids and random numbers of one run, and without the folder it ran in. */
function settled(text: string, root = ""): string {
  const parts: [string | RegExp, string][] = [
    [root || "\0", "ROOT"],
    // First, since other patterns find parts of one.
    [/"[0-9a-f]{32}"/g, "TAG"],
    [/\d{4}-\d\d-\d\d(T|%20)\d\d(:|%3A)\d\d(:|%3A)\d\dZ/g, "TIME"],
    [/\d{10}-\d+-\d+(\.\d+)?/g, "NONCE"],
    [/(seconds|took)(":|%22%3A)\d+/g, "$1$2N"],
    [/\d{10}/g, "SECONDS"],
  ];
  return parts.reduce((changed, [from, to]) => changed.replaceAll(from, to), text);
}

/** @param real whether curl and jq are the hosts' own, and every other stand-in a process as its command would be */
async function tell(real: boolean, act: (host: Host) => Promise<Result[]>): Promise<Told> {
  const host = await Host.start("1.0.0", ["1.1.0", "1.0.0"]);
  if (real) host.useReal();
  try {
    const results = await act(host);
    return {
      requests: host.aws.requests.map(seen),
      calls: host
        .read("state/calls")
        .replaceAll(/^sleep [\d.]+$/gm, "sleep")
        .replaceAll(/\.\w{6}$/gm, ".RANDOM")
        .split("\n")
        .map((line) => settled(line, host.root)),
      argv: host
        .read("state/curl-argv")
        .split("\n")
        .map((line) => settled(line, host.root)),
      results: results.map((result) => ({
        ...result,
        stdout: settled(result.stdout, host.root),
        stderr: settled(result.stderr, host.root),
      })),
    };
  } finally {
    await host.stop();
  }
}

/** Answers requests to a path with this status, so many times. */
function failing(host: Host, path: string, status: number, times: number): void {
  let left = times;
  host.aws.hook = (request) => (request.path === path && left-- > 0 ? { status } : undefined);
}

/** A hold, which is whole only with its last byte. */
const TOO_LARGE = `{"hold":{"reason":"${"x".repeat(16 * 1024 * 1024)}"}}`;

describe("stand-ins do what the hosts' own curl and jq, and processes, do", () => {
  const CASES: readonly [string, (host: Host) => Promise<Result[]>][] = [
    [
      "in an upgrade and a poll with nothing to do",
      async (host) => {
        host.configure('A="1"\n');
        return [await host.agent("poll"), await host.agent("poll")];
      },
    ],
    [
      "in an upgrade whose package dpkg refuses, and which goes back",
      async (host) => {
        host.write(
          "state/fail/unpack-hello-1.1.0",
          "dpkg: error processing package hello (--configure):\nE: Sub-process /usr/bin/dpkg returned an error code (1)\n",
        );
        return [await host.agent("poll"), await host.agent("status")];
      },
    ],
    [
      "in an upgrade that nobody can resolve, to a version that is held on this host, and after both",
      async (host) => {
        host.write("state/held", "hello\n");
        const held = await host.agent("poll");
        host.remove("state/held");
        host.write("state/fail/install-hello-1.1.0", "E: Unable to locate package libfoo\n");
        return [held, await host.agent("poll"), await host.agent("poll")];
      },
    ],
    [
      "in an upgrade whose app is broken, and in the host's end",
      async (host) => {
        host.broken("1.1.0");
        return [await host.agent("poll"), await host.agent("leave")];
      },
    ],
    [
      "in a reboot, and in an upgrade of the agent",
      async (host) => {
        host.remove("run/towline");
        host.candidates("towline-agent", ["0.2.0", "0.1.0"]);
        return [await host.agent("boot"), await host.agent("poll"), await host.agent("poll")];
      },
    ],
    [
      "where AWS refuses, is away for a moment, and gives no answer",
      async (host) => {
        failing(host, "/dists/stable/InRelease", 403, 2);
        const refused = await host.agent("poll");
        failing(host, "/dists/stable/InRelease", 503, 1);
        const away = await host.agent("poll");
        failing(host, "/rollout/web/lease.json", 0, 1);
        return [refused, away, await host.agent("poll")];
      },
    ],
    [
      "where the last answer of several is far larger than any that it waits for",
      async (host) => {
        host.aws.objects.set("rollout/web/policy.json", TOO_LARGE);
        return [await host.agent("poll")];
      },
    ],
    [
      "where the metadata service gives nothing, and an app answers too much",
      async (host) => {
        failing(host, "/latest/api/token", 404, 1);
        host.remove("run/towline/credentials");
        const nothing = await host.agent("poll");
        host.aws.hook = () => undefined;
        host.aws.health = () => ({ status: 200, body: "much".repeat(20_000) });
        return [nothing, await host.agent("poll")];
      },
    ],
  ];
  // In the middle of several, of which curl itself says that the last has come.
  test.each([true, false])(
    "an answer that is far too large is none, wherever it stands (the hosts' own curl: %s)",
    async (own) => {
      const { results } = await tell(own, async (host) => {
        host.aws.objects.set("rollout/web/control.json", TOO_LARGE);
        const result = await host.agent("poll");
        expect(host.installed()).toBe("1.0.0");
        return [result];
      });
      expect(results).toMatchObject([{ code: 1, stderr: expect.stringMatching(/no answer, curl: \(63\)/) }]);
    },
  );

  test.each(CASES)("%s", async (_, act) => {
    const [own, standIn] = [await tell(true, act), await tell(false, act)];
    expect(standIn).toEqual(own);
    expect(own.requests.length).toBeGreaterThan(3);
  });
});

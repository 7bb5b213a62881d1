import { type Answer, INSTANCE, type Request, STATUS } from "./fake-aws";
import { type Host, withHost } from "./host";

/** What goes wrong around a host in the middle of an upgrade, or keeps it from one, and is over later. */
const VERDICT = "rollout/web/verdicts/hello/1.1.0.json";
const TRIAL = "rollout/web/trials/hello/1.1.0.json";
const LEASE = "rollout/web/lease.json";

const serves = (host: Host, version: string, error = "") =>
  expect(host.aws.json(STATUS)).toMatchObject({ state: "serving", packages: { hello: version }, error });
const expired: Answer = {
  status: 400,
  body: "<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>",
};

/** It has reported that it serves 1.0.0. */
async function reported(host: Host): Promise<void> {
  const versions = host.read("state/candidates/hello");
  host.candidates("hello", ["1.0.0"]);
  host.write(
    "var/lib/towline/status.json",
    `${JSON.stringify({ state: "serving", health: "healthy", since: "", packages: {}, error: "" })}\n`,
  );
  await host.agent("poll");
  host.write("state/candidates/hello", versions);
  host.publish("two");
  host.forget();
}

/** Answers requests of a kind so, from the time on that the host has left the load balancer, or from the first on. */
function answer(host: Host, kind: (request: Request) => boolean, answer: Answer, from: "out" | "first"): () => void {
  let on = from === "first";
  host.aws.hook = (request) => {
    on ||= request.body.startsWith("Action=DeregisterTargets&");
    return on && kind(request) ? answer : undefined;
  };
  return () => {
    host.aws.hook = () => undefined;
  };
}

describe("a repository that apt does not take changes nothing, is reported once, and is followed once it is mended:", () => {
  test.concurrent.each([
    [
      "a signature that is not by a key of the stack",
      "E: The repository 's3://towline-test stable InRelease' is not signed.",
      "E: The repository 's3://towline-test stable InRelease' is not signed.",
    ],
    [
      "a signature by an expired key",
      // As Debian 13's apt says it.
      "W: OpenPGP signature verification failed: s3://towline-test stable InRelease: Sub-process /usr/bin/sqv returned an error code (1), error message is: Signing key on 77A75CF4C764F889087475CB1017055282EC5FAA is bad:            The primary key is not live   because: Expired on 2026-01-31T12:00:00Z\nE: The repository 's3://towline-test stable InRelease' is not signed.",
      "E: The repository 's3://towline-test stable InRelease' is not signed: Sub-process /usr/bin/sqv returned an error code (1), error message is: Signing key on 77A75CF4C764F889087475CB1017055282EC5FAA is bad:            The primary key is not live   because: Expired on 2026-01-31T12:00:00Z",
    ],
    [
      "a torn list of packages",
      "E: Failed to fetch s3://towline-test/dists/stable/main/binary-amd64/Packages.gz  File has unexpected size (17 != 4711). Mirror sync in progress?",
      undefined,
    ],
  ])("%s", (_, text, reason = text) =>
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      await reported(host);
      host.write("state/fail/update", `${text}\n`);
      for (let poll = 0; poll < 2; poll++) expect((await host.agent("poll")).code).toBe(1);
      serves(host, "1.0.0", `repository: apt-get update failed: ${reason.slice(3)}`);
      expect(host.aws.s3().filter((request) => request.startsWith("PUT "))).toHaveLength(1);
      host.remove("state/fail/update");
      expect((await host.agent("poll")).code).toBe(0);
      serves(host, "1.1.0");
    })(),
  );
});

test.concurrent(
  "a torn package puts the upgrade off while the host serves, and a later poll makes it",
  withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
    await reported(host);
    const torn =
      "E: Failed to fetch s3://towline-test/pool/main/h/hello/hello_1.1.0_amd64.deb  Hash Sum mismatch\n" +
      "E: Unable to fetch some archives, maybe run apt-get update or try with --fix-missing?\n";
    host.write("state/fail/install-hello-1.1.0", torn);
    await host.agent("poll");
    const error =
      /^the upgrade of hello to 1\.1\.0 was put off: apt-get install .* failed: Failed to fetch .* Hash Sum mismatch$/;
    serves(host, "1.0.0", expect.stringMatching(error));
    expect(host.aws.queries("DeregisterTargets")).toEqual([]);
    expect(host.aws.objects.has(VERDICT)).toBe(false);
    expect(host.aws.json(LEASE)).toMatchObject({ holder: "" });
    host.remove("state/fail/install-hello-1.1.0");
    await host.agent("poll");
    serves(host, "1.1.0");
  }),
);

describe("without the metadata service", () => {
  const imds = ({ host }: Request) => host === "169.254.169.254";
  const down: Answer = { status: 500 };

  test.concurrent(
    "a host that needs credentials does nothing, says why, and takes the version once it answers",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      const up = answer(host, imds, down, "first");
      const { code, stderr } = await host.agent("poll");
      expect([code, stderr]).toEqual([
        1,
        expect.stringContaining("the instance metadata service gave no session token\n"),
      ]);
      expect(host.installed()).toBe("1.0.0");
      up();
      await host.agent("poll");
      serves(host, "1.1.0");
    }),
  );

  test.concurrent(
    "a host that has left the load balancer comes back with the version: nobody says that Auto Scaling takes it away",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      answer(host, imds, down, "out");
      expect((await host.agent("poll")).code).toBe(0);
      serves(host, "1.1.0");
      expect(host.aws.json(VERDICT)).toMatchObject({ verdict: "ok" });
    }),
  );
});

describe("credentials that have expired", () => {
  test.concurrent(
    "by S3's word fail a poll, with the reason, and the next one has others",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      await reported(host);
      const renewed = answer(host, ({ host }) => host.includes(".s3."), expired, "first");
      const { code, stderr } = await host.agent("poll");
      expect([code, stderr]).toEqual([
        1,
        expect.stringContaining("HTTP 400 ExpiredToken: The provided token has expired.\n"),
      ]);
      renewed();
      host.forget();
      await host.agent("poll");
      expect(host.aws.requests.map(({ path }) => path)).toContain(
        "/latest/meta-data/iam/security-credentials/hello-role",
      );
      serves(host, "1.1.0");
    }),
  );

  test.concurrent(
    "while the host is out leave it to the next polls, which bring it back",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      const renewed = answer(host, ({ host }) => host.endsWith(".amazonaws.com"), expired, "out");
      expect((await host.agent("poll")).code).toBe(1);
      renewed();
      for (let poll = 0; poll < 3; poll++) await host.agent("poll");
      serves(host, "1.1.0");
      expect(host.aws.json(LEASE)).toMatchObject({ holder: "" });
    }),
  );
});

test.concurrent(
  "a topic that takes nothing keeps no upgrade back, and hears of it later",
  withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
    const up = answer(host, ({ host }) => host.startsWith("sns."), { status: 503 }, "first");
    expect((await host.agent("poll")).code).toBe(0);
    serves(host, "1.1.0");
    expect(host.aws.json(VERDICT)).toMatchObject({ verdict: "ok" });
    up();
    host.forget();
    await host.agent("poll");
    expect(host.events()).toMatchObject([{ outcome: "upgraded", version: "1.1.0" }]);
  }),
);

test.concurrent(
  "a version whose health path never answers goes, with that as the reason",
  withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
    host.aws.health = () => (host.installed() === "1.1.0" ? { status: -1, body: "" } : { status: 200, body: "ok" });
    await host.agent("poll");
    expect(host.installed()).toBe("1.0.0");
    const reason = expect.stringMatching(/GET http:\/\/127\.0\.0\.1:8080\/health did not answer: curl: \(28\)/);
    expect(host.aws.json(VERDICT)).toMatchObject({ verdict: "bad", reason });
    expect(host.events()).toMatchObject([{ outcome: "rolled-back", reason }]);
  }),
);

test.concurrent(
  "a spot notice while apt installs lets apt end, and says nothing of the version: the host leaves, its mark and its turn are taken back",
  withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
    host.aws.spot = { notice: '{"action":"terminate","time":"2026-01-31T12:00:00Z"}' };
    // What systemd does when the watch has the host leave.
    host.write("state/signal/install", "TERM");
    expect((await host.agent("poll")).code).toBe(143);
    expect(host.aws.json(TRIAL)).toMatchObject({ canary: INSTANCE });
    host.write("state/names/web.test.internal", "10.0.2.4 STREAM web.test.internal");
    expect((await host.agent("leave")).code).toBe(0);
    expect(host.installed()).toBe("1.1.0");
    expect(host.aws.objects.has(VERDICT)).toBe(false);
    expect(host.aws.json(TRIAL)).toMatchObject({ canary: "", vanished: [], failed: {} });
    expect(host.aws.json(LEASE)).toMatchObject({ holder: "" });
    expect(host.aws.json(STATUS)).toMatchObject({ state: "leaving" });
    expect(host.aws.targetStates.at(-1)).toBe("unused");
  }),
);

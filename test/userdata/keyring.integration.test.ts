import { STATUS } from "./fake-aws";
import { withHost } from "./host";

const KEYRING = "towline-archive-keyring";

describe("the package of the repository's public keys", () => {
  test.concurrent(
    "is installed before anything else, without lease and drain, and reported",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      host.candidates(KEYRING, ["20260131.120000", "20260101.120000"]);
      host.write(
        "var/lib/towline/status.json",
        JSON.stringify({ state: "serving", health: "healthy", packages: {}, error: "hello 1.1.0 was rolled back" }),
      );
      expect(await host.agent("poll")).toMatchObject({ code: 0, stderr: "" });
      expect(host.story()).toEqual([
        "curl GET dists/stable/InRelease",
        "apt-get update",
        "dpkg --configure -a --force-confdef --force-confold",
        `apt-get install ${KEYRING}=20260131.120000`,
        "curl PUT hosts/web/ARN/INSTANCE.json",
        // What it runs besides is ok, which it had not said yet.
        "curl POST elasticloadbalancing DescribeTargetHealth",
        ...Array.from({ length: 3 }, () => "curl GET http://127.0.0.1:8080/health"),
        ...["towline-agent/0.1.0", "hello/1.0.0"].map(
          (release) => `curl PUT rollout/web/voices/${release}/ok/ARN/INSTANCE.json`,
        ),
      ]);
      expect(host.aws.json(STATUS)).toMatchObject({
        state: "serving",
        health: "healthy",
        packages: { hello: "1.0.0", [KEYRING]: "20260131.120000" },
        error: "hello 1.1.0 was rolled back",
      });

      host.publish("two");
      host.forget();
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.story()).toEqual(["curl GET dists/stable/InRelease", "apt-get update"]);
    }),
  );

  test.concurrent(
    "that cannot be installed says nothing about a version of the app: none is tried, and the host says why",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.candidates(KEYRING, ["20260131.120000"]);
      host.write("var/lib/towline/status.json", JSON.stringify({ state: "serving", health: "healthy", error: "" }));
      host.write(`state/fail/install-${KEYRING}-20260131.120000`, "E: No space left on device\n");
      expect((await host.agent("poll")).code).toBe(1);
      expect(host.installed()).toBe("1.0.0");
      expect(host.aws.json(STATUS)).toMatchObject({
        state: "serving",
        error: `repository: apt-get install ${KEYRING}=20260131.120000 failed: No space left on device`,
      });
      expect(host.has("var/lib/towline/inrelease.etag")).toBe(false);
      expect(host.aws.objects.has("rollout/web/verdicts/hello/1.1.0.json")).toBe(false);
    }),
  );

  test.concurrent(
    "is there before the app on a new host",
    withHost(undefined, ["1.0.0"], async (host) => {
      host.candidates(KEYRING, ["20260131.120000"]);
      expect((await host.agent("boot")).code).toBe(0);
      expect(host.story().filter((line) => line.startsWith("apt-get install"))).toEqual([
        `apt-get install ${KEYRING}=20260131.120000`,
        "apt-get install hello=1.0.0",
      ]);
      expect(host.aws.json(STATUS)).toMatchObject({ packages: { [KEYRING]: "20260131.120000" } });
    }),
  );
});

import { FakeAws } from "./fake-aws";
import { withHost } from "./host";

const SOURCE = "etc/apt/sources.list.d/towline-channel.sources";
const MAIN_SOURCE = "Types: deb\nSuites: stable\nSigned-By: /etc/apt/keyrings/towline.asc\n";

describe("a host whose group follows a channel", () => {
  test.concurrent(
    "takes the channel's version, and goes back to the main suite's when the channel is removed",
    withHost("1.2.0", ["1.2.0"], async (host) => {
      host.worker();
      host.write("etc/apt/sources.list.d/towline.sources", MAIN_SOURCE);
      host.channel(["1.1.0.7"]);
      expect(await host.agent("poll")).toMatchObject({ code: 0, stderr: "" });
      expect(host.installed()).toBe("1.1.0.7");
      expect(host.story().slice(0, 4)).toEqual([
        "curl GET dists/stable/InRelease",
        "curl GET dists/stable-feature-x/InRelease",
        "apt-get update",
        "apt-get update",
      ]);
      expect(host.read(SOURCE)).toBe(MAIN_SOURCE.replace("stable", "stable-feature-x"));
      expect(host.events()).toMatchObject([
        { outcome: "upgraded", version: "1.1.0.7", reason: "the group's channel has its own version of hello" },
      ]);

      host.forget();
      expect(await host.agent("poll")).toEqual({ code: 0, signal: null, stdout: "", stderr: "" });
      expect(host.aws.requests.map((r) => [r.path, r.headers["if-none-match"]])).toEqual([
        ["/dists/stable/InRelease", FakeAws.etag("one")],
        ["/dists/stable-feature-x/InRelease", FakeAws.etag("1.1.0.7")],
        ["/rollout/web/control.json", undefined],
        ["/rollout/web/policy.json", undefined],
      ]);

      host.aws.objects.delete("dists/stable-feature-x/InRelease");
      host.forget();
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.has(SOURCE)).toBe(false);
      expect(host.installed()).toBe("1.2.0");
      expect(host.events()).toMatchObject([
        {
          outcome: "upgraded",
          version: "1.2.0",
          previous: "1.1.0.7",
          reason: "the installed 1.1.0.7 is withdrawn: the repository no longer lists it",
        },
      ]);
    }),
  );

  test.concurrent(
    "does with the main suite while there is no such channel, asking for it every time",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.worker();
      host.env({ TOWLINE_CHANNEL: "feature-x" });
      expect(await host.agent("poll")).toMatchObject({ code: 0, stderr: "" });
      expect(host.installed()).toBe("1.1.0");
      expect(host.has(SOURCE)).toBe(false);
      host.forget();
      expect(await host.agent("poll")).toEqual({ code: 0, signal: null, stdout: "", stderr: "" });
      expect(host.story()).toEqual(["curl GET dists/stable/InRelease", "curl GET dists/stable-feature-x/InRelease"]);
    }),
  );

  test.concurrent(
    "boots with the channel's version once apt could read it",
    withHost(undefined, ["1.2.0"], async (host) => {
      host.channel(["1.1.0.7"]);
      host.write("state/fail/update", "E: Connection timed out\n");
      host.write("state/times/update", "2\n");
      expect((await host.agent("boot")).code).toBe(0);
      expect(host.read("state/calls").match(/^sleep 2$/gm)).toHaveLength(2);
      expect(host.installed()).toBe("1.1.0.7");
    }),
  );

  test.concurrent(
    "boots with the main suite's version where its group has marked all of the channel's bad",
    withHost(undefined, ["1.2.0"], async (host) => {
      host.channel(["1.1.0.7"]);
      host.verdict("1.1.0.7", "bad");
      expect((await host.agent("boot")).code).toBe(0);
      expect(host.installed()).toBe("1.2.0");
    }),
  );
});

test(
  "a host trusts its channel by the key of channels, and the main suite by the other",
  withHost("1.2.0", ["1.2.0"], async (host) => {
    host.worker();
    host.write("etc/apt/sources.list.d/towline.sources", MAIN_SOURCE);
    host.write("etc/apt/keyrings/towline-channels.asc", "the key of channels\n");
    host.channel(["1.1.0.7"]);
    expect(await host.agent("poll")).toMatchObject({ code: 0, stderr: "" });
    expect(host.read(SOURCE)).toBe(
      MAIN_SOURCE.replace("stable", "stable-feature-x").replace("towline.asc", "towline-channels.asc"),
    );
    expect(host.read("etc/apt/sources.list.d/towline.sources")).toBe(MAIN_SOURCE);
  }),
);

test(
  "a host of a launch template that knows no channels follows none",
  withHost("1.0.0", ["1.0.0"], async (host) => {
    host.write("etc/towline/host.env", host.read("etc/towline/host.env").replace(/^TOWLINE_CHANNEL=.*\n/m, ""));
    expect(await host.agent("poll")).toMatchObject({ code: 0, stderr: "" });
    expect(host.aws.s3().filter((line) => line.includes("dists"))).toEqual(["GET dists/stable/InRelease"]);
  }),
);

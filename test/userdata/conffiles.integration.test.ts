import { chmodSync, statSync } from "node:fs";
import { join } from "node:path";
import { STATUS } from "./fake-aws";
import { type Host, withHost } from "./host";

const FILE = "etc/default/hello";

/** A host whose next hello edits its configuration, with which hello 1.0.0 does not work. */
function withEditing(body: (host: Host) => Promise<void>): () => Promise<void> {
  return withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
    host.write(FILE, "PORT=80\n");
    chmodSync(join(host.root, FILE), 0o640);
    host.write("state/edits/hello-1.1.0", "LISTEN=80\n");
    await body(host);
  });
}

describe("a configuration file that a new version's script edited", () => {
  test.concurrent(
    "is as it was before, with its mode, where the host goes back",
    withEditing(async (host) => {
      host.aws.health = () =>
        host.read(FILE) === "PORT=80\n" ? { status: 200, body: "ok" } : { status: 500, body: "no PORT" };
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.installed()).toBe("1.0.0");
      expect(host.read(FILE)).toBe("PORT=80\n");
      expect(statSync(join(host.root, FILE)).mode & 0o777).toBe(0o640);
      expect(host.aws.json(STATUS)).toMatchObject({ state: "serving", health: "healthy" });
      expect(host.has("var/cache/towline/hello.conffiles.tar")).toBe(false);
    }),
  );

  test.concurrent(
    "stays where the version does",
    withEditing(async (host) => {
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.installed()).toBe("1.1.0");
      expect(host.read(FILE)).toBe("LISTEN=80\n");
      expect(host.has("var/cache/towline/hello.conffiles.tar")).toBe(false);
    }),
  );
});

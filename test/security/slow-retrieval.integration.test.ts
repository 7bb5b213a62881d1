import { STATUS } from "../userdata/fake-aws";
import { withHost } from "../userdata/host";

// Slow retrieval: somebody between the bucket and the hosts answers so slowly that nothing ever comes, and nobody notices. Each request ends after
// 30 s, apt after 600 s, and what ended is the reason that the host reports. How a hung apt is killed with all that it started is in
// test/userdata/limit.integration.test.ts.

test.concurrent(
  "an update that does not end is ended, and reported once, while the host serves on",
  withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
    host.write("state/fail/update", "hang\n");
    host.write("var/lib/towline/status.json", JSON.stringify({ state: "serving", health: "healthy", error: "" }));
    for (let poll = 0; poll < 2; poll++) expect((await host.agent("poll")).code).toBe(1);
    expect(host.aws.json(STATUS)).toMatchObject({
      state: "serving",
      error: "repository: apt-get update failed: apt-get did not end within 600 s and was killed",
    });
    expect(host.aws.s3().filter((request) => request.startsWith("PUT hosts/"))).toHaveLength(1);
  }),
);

test.concurrent(
  "a download that does not end puts the version off, while the host serves on",
  withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
    host.write("state/fail/install-hello-1.1.0", "hang\n");
    expect((await host.agent("poll")).code).toBe(1);
    expect(host.installed()).toBe("1.0.0");
    expect(host.aws.json(STATUS)).toMatchObject({
      state: "serving",
      error: expect.stringContaining("apt-get did not end within 600 s and was killed"),
    });
  }),
);

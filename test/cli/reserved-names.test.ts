import { accountOf } from "../../cli/deb/account";
import { parseManifest } from "../../cli/deb/manifest";
import { InputError } from "../../cli/errors";

describe("a name that is another's on hosts is refused", () => {
  it.each([
    ["admin", "the login account of an image"],
    ["ubuntu", "the login account of an image"],
    ["root", "an account or group of the system"],
    ["www-data", "an account or group of the system"],
    ["sudo", "an account or group of the system"],
    ["dpkg", "a package every Debian system has"],
    ["util-linux", "a package every Debian system has"],
    ["libc6", "a package every Debian system has"],
    ["systemd", "systemd's own"],
    ["systemd-network", "systemd's own"],
    ["towline", "towline's own"],
    ["towline-agent", "towline's own"],
    ["towline-archive-keyring", "towline's own"],
    ["nodejs", "a package that towline's own need on hosts"],
    ["test", "a command of every Debian system"],
    ["aws", "a folder of the system's in /usr/lib, /var/lib, /etc/default or /opt"],
  ])("%s: %s", (name, owner) => {
    const instead = name.replace(/^towline-?/, "") || "shop";
    const error = new InputError(
      `t.yaml: name: '${name}' is ${owner}, which the package would take over or delete; ` +
        `set another, such as 'name: ${instead}-app'`,
    );
    expect(() => parseManifest("t.yaml", undefined, name)).toThrow(error);
    expect(() => parseManifest("t.yaml", `name: ${name}\n`, "app")).toThrow(error);
  });

  it.each([
    "hello",
    "shop",
    "app",
    "web",
    "api",
    "admin-ui",
    "library",
    "libris",
    "linux-shop",
    "test-app",
    "towliner",
  ])("but not %s", (name) => {
    expect(parseManifest("t.yaml", undefined, name).name).toBe(name);
  });
});

describe("an app's account", () => {
  it("has a prefix that no package and no account of Debian's has", () => {
    expect(accountOf("hello")).toBe("towline-hello");
  });

  it("has at most the 31 characters systemd takes, and is still its own", () => {
    const [one, other] = [accountOf(`a${"b".repeat(29)}c`), accountOf(`a${"b".repeat(29)}d`)];
    expect([one, other].map((account) => account.length)).toEqual([31, 31]);
    expect(one).toMatch(/^towline-ab{13}-[0-9a-f]{8}$/);
    expect(one).not.toBe(other);
    expect(accountOf("a".repeat(23))).toBe(`towline-${"a".repeat(23)}`);
  });
});

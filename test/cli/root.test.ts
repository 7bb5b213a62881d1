import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkInstalled, isOwn } from "../../cli/deb/installed";
import { InputError } from "../../cli/errors";
import { debianArchives, fetchOptions } from "../../cli/root/apt-settings";
import { ownCertificates } from "../../cli/root/certificates";
import { rootsFolder } from "../../cli/root/clean-root";
import { stepEnvironment } from "../../cli/root/environment";
import { hasSubordinateIds, namespaceOptions } from "../../cli/root/namespaces";
import { type Recipe, recipeName } from "../../cli/root/recipe";
import { parseRelease } from "../../cli/root/release";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "towline-test-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("the environment of a build step", () => {
  it("is a list of our own: no credential, no setting of the machine's, whatever its name", () => {
    const { variables } = stepEnvironment(
      {
        AWS_SECRET_ACCESS_KEY: "s",
        GITHUB_TOKEN: "s",
        HOME: "/home/jenkins",
        NPM_TOKEN: "s",
        LD_PRELOAD: "/x.so",
        TERM: "xterm",
      },
      12,
    );
    expect(Object.values(variables)).not.toContain("s");
    expect(variables).toMatchObject({
      HOME: "/home/build",
      USER: "build",
      SOURCE_DATE_EPOCH: "12",
      TZ: "UTC",
      LC_ALL: "C.UTF-8",
    });
    expect(Object.keys(variables)).not.toEqual(expect.arrayContaining(["LD_PRELOAD"]));
    expect(Object.keys(variables)).not.toEqual(expect.arrayContaining(["TERM"]));
  });

  it("says where packages are to be had, unless that holds a login", () => {
    const { variables, withLogin } = stepEnvironment(
      {
        https_proxy: "http://proxy.example:3128",
        PIP_INDEX_URL: "https://me:secret@pypi.example/simple",
        GOPROXY: "off",
      },
      0,
    );
    expect(variables).toMatchObject({ https_proxy: "http://proxy.example:3128", GOPROXY: "off" });
    expect(withLogin).toEqual(["PIP_INDEX_URL"]);
    expect(JSON.stringify(variables)).not.toContain("secret");
  });
});

describe("a clean root", () => {
  const recipe: Recipe = { release: "trixie", architecture: "amd64", packages: ["npm"], sources: [], certificates: [] };

  it("is another for each release, architecture, package, archive and certificate, and the same in any order of packages", () => {
    const others: Recipe[] = [
      recipe,
      { ...recipe, release: "bookworm" },
      { ...recipe, architecture: "arm64" },
      { ...recipe, packages: ["git", "npm"] },
      { ...recipe, sources: ["deb http://mirror.example trixie main"] },
      { ...recipe, certificates: ["x"] },
    ];
    expect(new Set(others.map(recipeName)).size).toBe(others.length);
    expect(recipeName({ ...recipe, packages: ["npm", "git", "npm"] })).toBe(
      recipeName({ ...recipe, packages: ["git", "npm"] }),
    );
    expect(recipeName(recipe)).toMatch(/^trixie-amd64-[0-9a-f]{12}$/);
  });

  it("lies in the user's cache", () => {
    expect(rootsFolder({ TOWLINE_CACHE: "/c", XDG_CACHE_HOME: "/x" })).toBe("/c/roots");
    expect(rootsFolder({ XDG_CACHE_HOME: "/x" })).toBe("/x/towline/roots");
    expect(rootsFolder({ XDG_CACHE_HOME: "" })).toMatch(/\/\.cache\/towline\/roots$/);
  });

  it("is of a release that hosts may run", () => {
    expect(parseRelease("bookworm")).toBe("bookworm");
    for (const name of ["jammy", "toString"]) {
      expect(() => parseRelease(name)).toThrow(
        new InputError(`--release: should be one of trixie, bookworm, but is '${name}'`),
      );
    }
  });

  it("comes from the archives of Debian that this machine's apt goes to, and no others", () => {
    const targets = [
      "http://mirror.example/debian/\tbookworm\tmain\tDebian\tPackages",
      "http://mirror.example/debian/\tbookworm\tmain\tDebian\tDEP-11",
      "http://mirror.example/debian/\tbookworm-updates\tmain\tDebian\tPackages",
      "http://mirror.example/debian-security/\tbookworm-security\tmain\t$(ORIGIN)\tPackages",
      "http://mirror.example/debian/\tbookworm-backports\tmain\tDebian\tPackages",
      "https://docker.example/linux/debian/\tbookworm\tmain\tDocker\tPackages",
    ].join("\n");
    expect(debianArchives(targets, "bookworm")).toEqual([
      { uri: "http://mirror.example/debian/", suffix: "" },
      { uri: "http://mirror.example/debian/", suffix: "-updates" },
      { uri: "http://mirror.example/debian-security/", suffix: "-security" },
    ]);
    expect(debianArchives(targets, "noble")).toEqual([]);
  });

  it("is fetched by the way that this machine's apt takes", () => {
    const dump =
      'APT::Architecture "amd64";\nAcquire::http::Proxy "http://p:3128";\nAcquire::https::CaInfo "/ca.crt";\nAcquire::ftp "";\n';
    expect(fetchOptions(dump).slice(0, -2)).toEqual([
      'Acquire::http::Proxy "http://p:3128";',
      'Acquire::https::CaInfo "/ca.crt";',
    ]);
  });

  it("trusts whom this machine trusts beyond Debian's own", async () => {
    const pem = (name: string) => `-----BEGIN CERTIFICATE-----\n${name}\n-----END CERTIFICATE-----`;
    mkdirSync(join(folder, "shipped"));
    writeFileSync(join(folder, "shipped", "a.crt"), `${pem("debian")}\n`);
    writeFileSync(join(folder, "bundle"), `${pem("debian")}\n${pem("ours")}\n`);
    expect(await ownCertificates(join(folder, "bundle"), join(folder, "shipped"))).toEqual([pem("ours")]);
    expect(await ownCertificates(join(folder, "none"), join(folder, "shipped"))).toEqual([]);
  });

  it("is for a user who is not root a matter of subordinate ids", () => {
    expect(hasSubordinateIds("me:100000:65536\n", "me", 1000)).toBe(true);
    expect(hasSubordinateIds("1000:100000:65536\n", "me", 1000)).toBe(true);
    expect(hasSubordinateIds("you:100000:65536\nme:1:1\n", "me", 1000)).toBe(false);
    expect(namespaceOptions(1000, ["--mount"])).toEqual(["--user", "--map-root-user", "--map-auto", "--mount"]);
    expect(namespaceOptions(0, ["--mount"])).toEqual(["--mount"]);
  });
});

describe("what a Makefile installs", () => {
  it.each([
    ["/opt/shop/lib/a", true],
    ["/etc/shop/settings", true],
    ["/usr/bin/shop-admin", true],
    ["/usr/lib/systemd/system/shop-clean.timer", true],
    ["/etc/cron.d/shop", false],
    ["/etc/sudoers.d/shop", false],
    ["/usr/bin/shopping", false],
    ["/etc/passwd", false],
    ["/opt/shop2/a", false],
    ["/root/.ssh/authorized_keys", false],
    ["/usr/lib/systemd/system/ssh.service.d/shop.conf", false],
  ])("at %s is the app's own: %s", (path, own) => {
    expect(isOwn(path, "shop")).toBe(own);
  });

  it("elsewhere is refused with the line that admits it, and scripts of the package always", async () => {
    const manifest = { name: "shop", paths: ["/etc/cron.d/shop"] };
    const install = (path: string) => {
      mkdirSync(join(folder, path, ".."), { recursive: true });
      writeFileSync(join(folder, path), "");
    };
    install("etc/cron.d/shop");
    install("opt/shop/a");
    await expect(checkInstalled(folder, manifest, "/src")).resolves.toBeUndefined();
    await expect(checkInstalled(folder, { ...manifest, paths: [] }, "/src")).rejects.toThrow(
      new InputError(
        "/src: 'make install' made /etc/cron.d/shop, which is not the app's by its name; install it below /opt/shop, /etc/shop or " +
          "/usr/lib/shop, or name it in towline.yaml: paths: [/etc/cron.d/shop]",
      ),
    );
    install("DEBIAN/preinst");
    await expect(checkInstalled(folder, { ...manifest, paths: ["/DEBIAN"] }, "/src")).rejects.toThrow(
      "made /DEBIAN/preinst",
    );
  });
});

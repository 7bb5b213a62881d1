import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { sha256 } from "../../cli/checksum";
import type { DebFile } from "../../cli/deb/deb";
import { InputError } from "../../cli/errors";
import { attestationKey, packageOf } from "../../cli/provenance/attestation";
import { type Component, componentOf, purlOf } from "../../cli/provenance/component";
import { signedBytes } from "../../cli/provenance/envelope";
import {
  evidenceFiles,
  missEvidence,
  readEvidence,
  withoutSecrets,
  writeEvidence,
} from "../../cli/provenance/evidence";
import { debianComponents, findComponents } from "../../cli/provenance/find-components";
import { readSbom, renderSbom } from "../../cli/provenance/sbom";
import { matches, parseWanted } from "../../cli/provenance/version-range";

const folder = mkdtempSync(join(tmpdir(), "towline-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

function tree(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(folder, "tree-"));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

const TREE = {
  "DEBIAN/control": "Package: shop\nVersion: 1.0\nDepends: nodejs (>= 18),\n libc6 (>= 2.36) | musl,\n systemd\n",
  "opt/shop/package.json": '{"name":"shop","version":"9.9.9"}',
  "opt/shop/node_modules/lodash/package.json": '{"name":"lodash","version":"4.17.20"}',
  "opt/shop/node_modules/@acme/x/package.json": '{"name":"@acme/x","version":"1.0.0"}',
  "opt/shop/node_modules/@acme/x/node_modules/lodash/package.json": '{"name":"lodash","version":"3.10.1"}',
  "opt/shop/node_modules/lodash/fixtures/package.json": '{"name":"not-installed","version":"1.0.0"}',
  "opt/shop/node_modules/broken/package.json": "{",
  "opt/shop/vendor/python/Django_Thing-5.1.dist-info/METADATA":
    "Metadata-Version: 2.1\nName: Django_Thing\nVersion: 5.1\n\nName: prose\n",
  "opt/shop/vendor/bundle/ruby/3.3.0/specifications/nokogiri-1.16.0-x86_64-linux.gemspec":
    "# -*- encoding: utf-8 -*-\n# stub: nokogiri 1.16.0 x86_64-linux lib\n",
  "opt/shop/vendor/bundle/ruby/3.3.0/specifications/rack-3.1.7.gemspec": "Gem::Specification.new\n",
  "opt/shop/go.mod":
    "module shop\n\ngo 1.22\n\nrequire github.com/a/one v1.2.3\n\nrequire (\n\tgolang.org/x/net v0.20.0 // indirect\n)\n",
  "opt/shop/Cargo.lock":
    '[[package]]\nname = "shop"\nversion = "0.1.0"\n\n[[package]]\nname = "serde"\nversion = "1.0.200"\nsource = "registry+x"\n',
};
const FOUND = [
  "pkg:cargo/serde@1.0.200",
  "pkg:gem/nokogiri@1.16.0",
  "pkg:gem/rack@3.1.7",
  "pkg:golang/github.com/a/one@v1.2.3",
  "pkg:golang/golang.org/x/net@v0.20.0",
  "pkg:npm/%40acme/x@1.0.0",
  "pkg:npm/lodash@3.10.1",
  "pkg:npm/lodash@4.17.20",
  "pkg:pypi/django-thing@5.1",
];

describe("what is in a package", () => {
  it("is what lies there, of each kind, and what Debian has to bring", async () => {
    expect((await findComponents(tree(TREE))).map(purlOf)).toEqual(FOUND);
    expect(debianComponents(["nodejs (>= 18), libc6 (>= 2.36) | musl:any"])).toEqual([
      { ecosystem: "deb", name: "libc6", version: undefined, relation: "libc6 (>= 2.36)" },
      { ecosystem: "deb", name: "musl", version: undefined, relation: "musl:any" },
      { ecosystem: "deb", name: "nodejs", version: undefined, relation: "nodejs (>= 18)" },
    ]);
  });

  it("is read back from the SBOM as it was written, which is the same each time", async () => {
    const deb = { name: "libshop++6", version: "1:2.0+5" };
    const components = [...(await findComponents(tree(TREE))), ...debianComponents(["nodejs (>= 18)"])];
    const sbom = await renderSbom(deb, components, 1_700_000_000);
    expect(await renderSbom(deb, [...components].reverse(), 1_700_000_000)).toBe(sbom);
    expect(JSON.parse(sbom)).toMatchObject({
      ...{ bomFormat: "CycloneDX", specVersion: "1.6" },
      metadata: {
        timestamp: "2023-11-14T22:13:20.000Z",
        component: {
          name: "libshop++6",
          version: "1:2.0+5",
          purl: "pkg:deb/towline/libshop%2B%2B6@1:2.0+5",
        },
      },
    });
    const read = readSbom(sbom, "x");
    expect(read.map(purlOf).sort()).toEqual([...FOUND, "pkg:deb/debian/nodejs"].sort());
    expect(read.find(({ ecosystem }) => ecosystem === "deb")?.relation).toBe("nodejs (>= 18)");
    expect(() => readSbom("{}", "s3://b/x")).toThrow(
      "s3://b/x: is no SBOM in CycloneDX's JSON; build the package again",
    );
  });
});

describe("looking for a package", () => {
  const npm = (name: string, version: string): Component => ({ ecosystem: "npm", name, version });
  it.each<[string, Component, string]>([
    ["lodash", npm("lodash", "4.17.20"), "yes"],
    ["lodash", npm("lodash.get", "4.17.20"), "no"],
    ["lodash<4.17.21", npm("lodash", "4.17.20"), "yes"],
    ["lodash<4.17.21", npm("lodash", "4.17.21"), "no"],
    // Not as texts are compared, and a pre-release comes before the release.
    ["lodash<4.17.9", npm("lodash", "4.17.10"), "no"],
    ["lodash<5", npm("lodash", "5.0.0-rc.1"), "yes"],
    ["npm:lodash>=4,<4.17.21", npm("lodash", "3.10.1"), "no"],
    ["pkg:npm/%40acme/x@1.0.0", npm("@acme/x", "1.0.0"), "yes"],
    ["@acme/x==1.0.0", npm("@acme/x", "1.0.1"), "no"],
    ["pypi:lodash", npm("lodash", "1.0.0"), "no"],
    ["lodash<2", npm("lodash", "git-main"), "maybe"],
    ["django_thing<5.1", { ecosystem: "pypi", name: "Django-Thing", version: "5.1rc1" }, "yes"],
    ["django<5.1", { ecosystem: "pypi", name: "Django", version: "5.1.post1" }, "no"],
    ["rack<3.1.10", { ecosystem: "gem", name: "rack", version: "3.1.9" }, "yes"],
    ["rack<3.1", { ecosystem: "gem", name: "rack", version: "3.1.0.rc1" }, "yes"],
    ["golang.org/x/net<0.23", { ecosystem: "golang", name: "golang.org/x/net", version: "v0.20.0" }, "yes"],
    ["golang.org/x/net<v0.23.0", { ecosystem: "golang", name: "golang.org/x/net", version: "v0.23.0" }, "no"],
    ["serde=1.0.200", { ecosystem: "cargo", name: "serde", version: "1.0.200" }, "yes"],
    ["hello<1:0.9", { ecosystem: "deb", name: "hello", version: "2.0" }, "yes"],
    ["hello<1.2.0", { ecosystem: "deb", name: "hello", version: "1.2.0~rc.1" }, "yes"],
    ["libc6<2.37", { ecosystem: "deb", name: "libc6", version: undefined, relation: "libc6 (>= 2.36)" }, "maybe"],
    ["libc6<2.36", { ecosystem: "deb", name: "libc6", version: undefined, relation: "libc6 (>= 2.36)" }, "no"],
    ["libc6<2.36", { ecosystem: "deb", name: "libc6", version: undefined, relation: "libc6" }, "maybe"],
    ["libc6", { ecosystem: "deb", name: "libc6", version: undefined }, "yes"],
  ])("%s in %j: %s", (text, component, expected) => {
    expect(matches(parseWanted(text), component)).toBe(expected);
  });

  it.each([
    ["", "'' names no package"],
    ["<1", "'<1' names no package"],
    ["lodash<", "'<' is no bound of a version"],
    ["lodash<1 2", "'<1 2' is no bound of a version"],
    ["maven:x", "'maven:' is no kind of packages that towline knows; allowed are npm, pypi, gem, golang, cargo, deb"],
    ["pkg:maven/a/b", "is a purl of a kind that towline does not look for"],
    ["pkg:", "'pkg:' is no purl"],
    ["npm:lodash<x", "'x' is no version that packages of npm can have"],
    ["lodash;rm", "'lodash;rm' names no package"],
  ])("%j is refused", (text, message) => {
    expect(() => parseWanted(text)).toThrow(InputError);
    expect(() => parseWanted(text)).toThrow(message);
  });

  it("in versions that its kind cannot have is refused", () => {
    expect(() => matches(parseWanted("lodash<abc"), npm("lodash", "1.0.0"))).toThrow(
      "'lodash<abc': 'abc' is no version that packages of npm can have",
    );
  });
});

describe("evidence beside a package", () => {
  const build = async () => {
    const path = join(mkdtempSync(join(folder, "out-")), "shop_1.0_all.deb");
    writeFileSync(path, "bytes");
    const deb: DebFile = { name: "shop", version: "1.0", architecture: "all", path, sha256: sha256("bytes"), size: 5 };
    const environment = { BUILD_URL: "https://ci.example/job/shop/7/" };
    const stage = tree(TREE);
    await writeEvidence(deb, { stage, folder: stage, epoch: 0, started: 0, environment });
    return { deb, files: evidenceFiles(path) };
  };

  it("states which bytes were built from what, by which build, as in-toto and SLSA have it", async () => {
    const { deb, files } = await build();
    const sbom = readFileSync(files.sbom, "utf8");
    expect(JSON.parse(readFileSync(files.statement, "utf8"))).toMatchObject({
      _type: "https://in-toto.io/Statement/v1",
      subject: [{ name: "shop_1.0_all.deb", digest: { sha256: deb.sha256 } }],
      predicateType: "https://slsa.dev/provenance/v1",
      predicate: {
        buildDefinition: { externalParameters: { package: "shop", version: "1.0", commit: null } },
        runDetails: {
          builder: { id: "https://ci.example/" },
          metadata: { invocationId: "https://ci.example/job/shop/7/" },
          byproducts: [{ name: "shop_1.0_all.cdx.json", digest: { sha256: sha256(sbom) } }],
        },
      },
    });
    const debian = readSbom(sbom, "x").filter(({ ecosystem }) => ecosystem === "deb");
    expect(debian.map(({ name }) => name).sort()).toEqual(["libc6", "musl", "nodejs", "systemd"]);
    expect(await readEvidence(deb)).toEqual({ sbom, statement: readFileSync(files.statement, "utf8") });
  });

  it("is none where there is none", async () => {
    const { deb, files } = await build();
    rmSync(files.statement);
    expect(await readEvidence(deb)).toBeUndefined();
  });

  it("that is missing is said once, and refused where it is required", () => {
    let said = "";
    const warning = jest.spyOn(process.stderr, "write").mockImplementation((text) => {
      said += text;
      return true;
    });
    missEvidence([], true);
    missEvidence(["a.deb", "b.deb", "c.deb"], false);
    warning.mockRestore();
    expect(said).toBe(
      "warning: nothing says what a.deb and 2 more were built from, and what is in them: 'towline affected' cannot look into them\n",
    );
    expect(() => missEvidence(["a.deb"], true)).toThrow(
      "nothing says what a.deb was built from, and what is in it; build with this towline, or leave --require-provenance away",
    );
  });

  it("is refused where it is about other bytes, another release or another SBOM, or lacks that, or is no statement", async () => {
    const { deb, files } = await build();
    await expect(readEvidence({ ...deb, sha256: sha256("other") })).rejects.toThrow(
      `${files.statement}: is about a package of sha256 ${deb.sha256}, but ${deb.path} has ${sha256("other")}; build the package again`,
    );
    await expect(readEvidence({ ...deb, version: "2.0" })).rejects.toThrow("is about shop 1.0, not about shop 2.0");
    const sbom = readFileSync(files.sbom, "utf8");
    writeFileSync(files.sbom, sbom.replace("4.17.20", "4.17.21"));
    await expect(readEvidence(deb)).rejects.toThrow("is not about the SBOM beside it, which was changed");
    rmSync(files.sbom);
    await expect(readEvidence(deb)).rejects.toThrow(`its SBOM ${files.sbom} is not there`);
    writeFileSync(files.sbom, sbom);
    writeFileSync(files.statement, "{}");
    await expect(readEvidence(deb)).rejects.toThrow(/is no statement of a build of towline's/);
  });

  it.each([
    ["https://ann:secret@git.example/shop.git?token=x", "https://git.example/shop.git"],
    ["git@git.example:shop.git", "git.example:shop.git"],
    ["ssh://git@git.example/shop.git", "ssh://git.example/shop.git"],
  ])("names the source without what lets anybody in: %s", (remote, shown) => {
    expect(withoutSecrets(remote)).toBe(shown);
  });

  it("lies beside its package in the pool, one for each suite", () => {
    const filename = "pool/main/s/shop/shop_1:2.0+5.all_all.deb";
    const key = attestationKey(filename, "stable-feature-x");
    expect(key).toBe("pool/main/s/shop/shop_1:2.0+5.all_all.stable-feature-x.intoto.jsonl");
    expect([packageOf(key), packageOf(filename)]).toEqual([filename, filename]);
  });

  it("is signed with its type, as DSSE has it", () => {
    expect(signedBytes("http://example.com/HelloWorld", Buffer.from("hello world")).toString()).toBe(
      "DSSEv1 29 http://example.com/HelloWorld 11 hello world",
    );
    expect(componentOf("pkg:maven/a/b@1")).toBeUndefined();
  });
});

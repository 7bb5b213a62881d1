import { interpreterDepends, withoutBare } from "../../cli/deb/interpreters";

const EXTENSION = "opt/app/vendor/python/x/_x.cpython-313-x86_64-linux-gnu.so";

describe("native code depends on the interpreter it was built for", () => {
  it.each<[string, string[], string | undefined, string[]]>([
    ["Python", [EXTENSION, EXTENSION.replace("_x", "_y")], undefined, ["python3 (>= 3.13~)", "python3 (<< 3.14~)"]],
    [
      "Ruby",
      ["opt/app/vendor/bundle/ruby/3.3.0/gems/a/lib/a.rb", "opt/app/vendor/bundle/ruby/3.3.0/gems/b/lib/b.rb"],
      undefined,
      ["ruby (>= 1:3.3~)", "ruby (<< 1:3.4~)"],
    ],
    ["Node.js", ["opt/app/node_modules/a/build/Release/a.node"], "20.19.2", ["nodejs (>= 20~)", "nodejs (<< 21~)"]],
    ["none, where any version loads it", ["opt/app/vendor/python/x/_x.abi3.so", "opt/app/lib/a.so"], undefined, []],
  ])("%s", (_, paths, node, relations) => {
    expect(interpreterDepends({ paths, node })).toEqual(relations);
  });

  it("and of an extension for another Python, a host can satisfy no more than one", () => {
    const paths = [EXTENSION, EXTENSION.replace("313", "311")];
    expect(interpreterDepends({ paths })).toEqual([
      ...["python3 (>= 3.11~)", "python3 (<< 3.12~)"],
      ...["python3 (>= 3.13~)", "python3 (<< 3.14~)"],
    ]);
  });

  it("without a second relation that says less", () => {
    expect(withoutBare(["python3", "git", "python3 (>= 3.13~)"])).toEqual(["git", "python3 (>= 3.13~)"]);
  });
});

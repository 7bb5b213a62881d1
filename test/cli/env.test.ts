import { Readable } from "node:stream";
import { parseDotenv } from "../../cli/env/dotenv";
import { applyEdit, describeDifference, differenceOf, type Edit } from "../../cli/env/edit";
import { parseSettings, renderSettings, type Settings } from "../../cli/env/file";
import { readHistory, readVersion } from "../../cli/env/history";
import { type Input, readText, readValue } from "../../cli/env/input";
import { changeSettings, readSettings } from "../../cli/env/store";
import { main } from "../../cli/main";
import type { Versions } from "../../cli/repository/versions";
import { NASTY } from "./nasty-values";
import { Store } from "./repository-fixtures";

const KEY = "env/hello.env";
const AT = "2026-01-31T12:00:00Z";

function settings(
  values: Readonly<Record<string, string>>,
  by: string | null = "ann",
  at: string | null = AT,
): Settings {
  return new Map(Object.entries(values).map(([name, value]) => [name, { value, by, at }]));
}

const values = (given: Settings) => Object.fromEntries([...given].map(([name, { value }]) => [name, value]));
const setting = (given: Readonly<Record<string, string>>): Edit => ({
  set: new Map(Object.entries(given)),
  drops: () => false,
});
const input = (content: string | Buffer): Input => Readable.from([Buffer.from(content)]);

describe("the file of settings", () => {
  it("holds names in order, each with who set it and when", () => {
    const text = renderSettings("hello", new Map([...settings({ B: "2" }), ...settings({ A: 'say "x"' }, "bob")]));
    expect(text).toBe(
      "# Settings of hello, written by towline: change them with 'towline env'.\n" +
        `# A ${AT} bob\nA="say \\"x\\""\n# B ${AT} ann\nB="2"\n`,
    );
  });

  it("gives back every value as it was given, and its author", () => {
    const given = settings(NASTY, "Zoë \\ Müller");
    expect(parseSettings(renderSettings("hello", given), "here")).toEqual(
      new Map(
        [...given].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, one]) => [name, { ...one, by: "Zoë   Müller" }]),
      ),
    );
  });

  it("of a person's own hand is read without an author", () => {
    expect(parseSettings('# mine\n\nA="1"\n', "here")).toEqual(settings({ A: "1" }, null, null));
  });

  it.each([
    ["a value without quotes", "A=secret\n"],
    ["a quote that does not end", 'A="secret\n'],
    ["a name twice", 'A="secret"\nA="secret"\n'],
    ["a name a package gives", 'PORT="secret"\n'],
    ["an escape systemd does not know", 'A="secret\\n"\n'],
  ])("with %s is refused, and the sentence holds nothing of it", (_, text) => {
    const line = text.startsWith('A="secret"\n') ? 2 : 1;
    expect(() => parseSettings(text, "s3://b/k")).toThrow(
      `s3://b/k: line ${line} is not what towline writes; bring an earlier version back with 'towline env history'`,
    );
  });

  it("is refused when hosts could not hand it to a process", () => {
    expect(() => renderSettings("hello", settings({ A: "x".repeat(130_000), B: "x".repeat(140_000) }))).toThrow(
      /^the settings of hello would have 270\d{3} bytes, and 262144 is the most; /,
    );
  });
});

describe("a .env file", () => {
  it.each([
    ["A=1\nB = 2 \n", { A: "1", B: "2" }],
    ["# note\n\n  export A=1 # why\nB=a#b\nC= # nothing\n", { A: "1", B: "a#b", C: "" }],
    ["A='it is $HOME \\n'\n", { A: "it is $HOME \\n" }],
    ['A="one\\ntwo \\"x\\" \\\\ \\$y \\z" # end\n', { A: 'one\ntwo "x" \\ $y \\z' }],
    ["A=\"one\ntwo\"\nB='three\nfour'", { A: "one\ntwo", B: "three\nfour" }],
    ["A=x'y\"z\r\nB=2\r\n", { A: "x'y\"z", B: "2" }],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's
    ["A=$(touch /tmp/x) `id` ${B}\n", { A: "$(touch /tmp/x) `id` ${B}" }],
  ])("%j is read as data", (text, expected) => {
    expect(Object.fromEntries(parseDotenv(text, "x.env"))).toEqual(expected);
  });

  it("may be what towline wrote itself", () => {
    const written = renderSettings("hello", settings(NASTY));
    expect(Object.fromEntries(parseDotenv(written, "x.env"))).toEqual(NASTY);
  });

  it.each([
    ["A=1\nsecret\n", "x.env: line 2: this is not NAME=value; nothing was imported"],
    ['A="secret\n', "x.env: line 1: a quote does not end, or something stands behind the value; nothing was imported"],
    [
      "A='secret' more\n",
      "x.env: line 1: a quote does not end, or something stands behind the value; nothing was imported",
    ],
    ["A=1\n\nA=2\n", "x.env: line 3: A was set before in this file; nothing was imported"],
    [
      "2A=secret\n",
      "x.env: line 1: a name has letters, digits and '_', and starts with no digit; nothing was imported",
    ],
    ["PORT=1\n", "x.env: line 1: PORT is given to each process by its package; nothing was imported"],
    [
      "A=sec\u0007ret\n",
      "x.env: line 1: the value of A holds a control character other than tab and newline, which systemd does not pass on; nothing was imported",
    ],
  ])("%j is refused as a whole", (text, message) => {
    expect(() => parseDotenv(text, "x.env")).toThrow(new Error(message));
  });
});

describe("an edit", () => {
  const before = settings({ A: "1", B: "2", C: "3" });

  it("keeps the author of what has its value already", () => {
    const after = applyEdit(before, setting({ A: "1", B: "new", D: "4" }), "bob", "2026-02-01T00:00:00Z");
    expect(after).toEqual(
      new Map([
        ...settings({ A: "1" }),
        ...settings({ B: "new" }, "bob", "2026-02-01T00:00:00Z"),
        ...settings({ C: "3" }),
        ...settings({ D: "4" }, "bob", "2026-02-01T00:00:00Z"),
      ]),
    );
  });

  it("drops what it is told to, and never what it sets", () => {
    const after = applyEdit(before, { set: new Map([["A", "1"]]), drops: () => true }, "bob", AT);
    expect(after).toEqual(settings({ A: "1" }));
    expect(describeDifference(differenceOf(before, after), "would be")).toBe("B, C would be removed");
  });

  it("is told by names alone", () => {
    const after = settings({ B: "new", C: "3", E: "5", D: "4" });
    expect(differenceOf(before, after)).toEqual({ added: ["D", "E"], changed: ["B"], removed: ["A"] });
    expect(describeDifference(differenceOf(before, after))).toBe("D, E added; B changed; A removed");
  });
});

describe("a change", () => {
  const options = { by: "ann", dryRun: false, keyArn: async () => "arn:key" };

  it("is encrypted with the stack's key, says who made it, and creates only where there is nothing", async () => {
    const bucket = new Store();
    const put = jest.spyOn(bucket, "put");
    expect(await changeSettings(bucket, "hello", setting({ A: "1" }), { ...options, by: "Zoë" })).toEqual({
      added: ["A"],
      changed: [],
      removed: [],
    });
    expect(put).toHaveBeenCalledTimes(1);
    expect(put).toHaveBeenCalledWith(
      KEY,
      expect.stringMatching(/\n# A \S+Z Zoë\nA="1"\n$/),
      { absent: true },
      {
        keyArn: "arn:key",
        metadata: { "towline-by": "Zo%C3%AB" },
      },
    );
  });

  it("that changes nothing writes nothing and asks for no key", async () => {
    const bucket = new Store();
    await changeSettings(bucket, "hello", setting({ A: "1" }), options);
    const keyArn = jest.fn();
    const none = { added: [], changed: [], removed: [] };
    expect(await changeSettings(bucket, "hello", setting({ A: "1" }), { ...options, by: "bob", keyArn })).toEqual(none);
    expect(
      await changeSettings(bucket, "other", { set: new Map(), drops: () => true }, { ...options, keyArn }),
    ).toEqual(none);
    expect(bucket.writes).toEqual([KEY]);
    expect(keyArn).not.toHaveBeenCalled();
  });

  it("only looks in a dry run", async () => {
    const bucket = new Store();
    expect(await changeSettings(bucket, "hello", setting({ A: "1" }), { ...options, dryRun: true })).toMatchObject({
      added: ["A"],
    });
    expect(bucket.writes).toEqual([]);
  });

  it("that another writer beats is made anew on what that one wrote", async () => {
    const bucket = new Store();
    await changeSettings(bucket, "hello", setting({ A: "1", B: "1" }), options);
    const get = bucket.get.bind(bucket);
    jest.spyOn(bucket, "get").mockImplementationOnce(async (key) => {
      const seen = await get(key);
      await changeSettings(bucket, "hello", { set: new Map([["C", "3"]]), drops: (name) => name === "B" }, options);
      return seen;
    });
    expect(await changeSettings(bucket, "hello", setting({ A: "2" }), options)).toMatchObject({ changed: ["A"] });
    expect(values((await readSettings(bucket, "hello"))?.settings ?? new Map())).toEqual({ A: "2", C: "3" });
  });

  it("whose answer is lost is not made twice", async () => {
    const bucket = new Store();
    const put = bucket.put.bind(bucket);
    jest.spyOn(bucket, "put").mockImplementationOnce(async (...args) => {
      await put(...args);
      return undefined;
    });
    expect(await changeSettings(bucket, "hello", setting({ A: "1" }), options)).toMatchObject({ added: ["A"] });
    expect(bucket.writes).toEqual([KEY]);
  });

  it("gives up after twelve tries, and says that nothing was written", async () => {
    const bucket = new Store();
    jest.spyOn(Math, "random").mockReturnValue(0);
    const put = jest.spyOn(bucket, "put").mockResolvedValue(undefined);
    await expect(changeSettings(bucket, "hello", setting({ A: "1" }), options)).rejects.toThrow(
      "s3://b/env/hello.env: others changed it 12 times while this change was made; nothing was written, try again",
    );
    expect(put).toHaveBeenCalledTimes(12);
    jest.restoreAllMocks();
  });

  it("leaves what is not towline's alone", async () => {
    const bucket = new Store();
    bucket.write(KEY, "A=secret\n");
    await expect(changeSettings(bucket, "hello", setting({ B: "1" }), options)).rejects.toThrow(/line 1 is not what/);
    expect(bucket.writes).toEqual([]);
  });
});

describe("the history", () => {
  /** Versions by id, the newest first; undefined is a deletion. */
  function kept(contents: Readonly<Record<string, string | undefined>>, by = "Zo%C3%AB"): Versions {
    return {
      name: "b",
      below: async () => [],
      list: async () =>
        Object.entries(contents).map(([id, content]) => ({ id, at: new Date(AT), deleted: content === undefined })),
      get: async (_, id) => {
        const content = contents[id];
        return content === undefined ? undefined : { content: Buffer.from(content), metadata: { "towline-by": by } };
      },
    };
  }
  const file = (given: Readonly<Record<string, string>>) => renderSettings("hello", settings(given));

  it("says when, who and which names, and no value", async () => {
    const versions = kept({
      v4: file({ B: "secret-3" }),
      v3: undefined,
      v2: file({ A: "secret-2", B: "secret-1" }),
      v1: file({ A: "secret-1" }),
    });
    const entries = await readHistory(versions, "hello", 20);
    expect(entries).toEqual([
      { version: "v4", at: AT, by: "Zoë", names: ["B"], difference: { added: ["B"], changed: [], removed: [] } },
      { version: "v3", at: AT, by: null, names: [], difference: { added: [], changed: [], removed: ["A", "B"] } },
      {
        version: "v2",
        at: AT,
        by: "Zoë",
        names: ["A", "B"],
        difference: { added: ["B"], changed: ["A"], removed: [] },
      },
      { version: "v1", at: AT, by: "Zoë", names: ["A"], difference: null },
    ]);
    expect(JSON.stringify(entries)).not.toContain("secret");
  });

  it("compares the last one it shows with the one before, and goes past what is not towline's", async () => {
    const versions = kept({ v3: file({ A: "2" }), v2: "A=secret\n", v1: file({ A: "1" }) }, "100%");
    expect(await readHistory(versions, "hello", 2)).toEqual([
      { version: "v3", at: AT, by: "100%", names: ["A"], difference: null },
      { version: "v2", at: AT, by: "100%", names: null, difference: null },
    ]);
  });

  it("gives back the values of one version", async () => {
    const versions = kept({ v2: undefined, v1: file({ A: "1" }) });
    expect(await readVersion(versions, "hello", "v1")).toEqual(new Map([["A", "1"]]));
    await expect(readVersion(versions, "hello", "v2")).rejects.toThrow(
      "s3://b/env/hello.env has no version 'v2' to read; 'towline env history' lists its versions",
    );
  });
});

describe("a value", () => {
  it.each([
    ["x\n", "x"],
    ["x\r\n", "x"],
    ["x\n\n", "x\n"],
    ["  x ", "  x "],
    ["\n", ""],
  ])("%j on standard input is %j", async (content, expected) => {
    expect(await readValue("A", "staging: hello", input(content))).toBe(expected);
  });

  it("is refused when nothing comes", async () => {
    await expect(readValue("A", "staging: hello", input(""))).rejects.toThrow(
      "standard input holds no value of A: pipe it in, or run this in a terminal to be asked; a line break alone is the empty value",
    );
  });

  it("is refused when it is no UTF-8", async () => {
    await expect(readValue("A", "staging: hello", input(Buffer.from([0xff])))).rejects.toThrow(
      "the value of A is no valid UTF-8",
    );
    await expect(readText("/nowhere/x.env", input(""))).rejects.toThrow("/nowhere/x.env: there is no such file");
  });
});

describe("the command line", () => {
  const USAGE = "env import takes a file (- for standard input) or --from-version ID, one of the two\n";

  it.each([
    [
      ["set", "hello", "A=s3cr3t", "--stack", "a"],
      "a value on the command line can be read by everybody on this machine and stays in the shell's history: give the name " +
        "alone, 'towline env set hello A --stack a', and the value when asked or on standard input\n",
    ],
    [
      ["set", "hello", "2A", "--stack", "a"],
      "'2A' is not the name of a setting: a name has letters, digits and '_', and starts with no digit\n",
    ],
    [["unset", "hello", "PORT", "--stack", "a"], "PORT is given to each process by its package\n"],
    [["import", "hello", "-", "--from-version", "x", "--stack", "a"], USAGE],
    [["import", "hello", "--stack", "a"], USAGE],
    [["list", "Hello", "--stack", "a"], "'Hello' is not the name of a package, such as hello\n"],
    [
      ["set", "hello", "A", "s3cr3t", "--stack", "a"],
      "too many arguments for 'set'. Expected 2 arguments but got 3.\n(see --help)\n",
    ],
    [
      ["history", "hello", "--stack", "a", "--limit", "0"],
      "option '--limit <number>' argument '0' is invalid. It should be a whole number from 1 to 1000.\n(see --help)\n",
    ],
  ])("%j is refused in one sentence that repeats no value", async (args, message) => {
    let said = "";
    const write = jest.spyOn(process.stderr, "write").mockImplementation((text) => {
      said += text;
      return true;
    });
    expect(await main(["env", ...args])).toBe(2);
    write.mockRestore();
    expect(said).toBe(`towline: ${message}`);
  });
});

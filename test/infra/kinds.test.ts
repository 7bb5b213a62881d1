import { parse } from "yaml";
import { type Declared, UNKNOWN } from "../../infra/synth";
import { apps } from "./kinds/apps";
import { fleets } from "./kinds/fleets";
import { type Created, type Kinds, labelOf, partsOf, plain } from "./kinds/kind";
import { scaled } from "./kinds/scaled";
import { singles } from "./kinds/singles";
import { web } from "./kinds/web";
import { one, stackOf } from "./stack-of";

/** All kinds of groups, with what AWS makes up as a mode of Pulumi's shows it. */
function kinds(created: Created): Kinds {
  return { ...apps(created), ...web(created), ...singles(created), ...fleets(created), ...scaled(created) };
}

/** What the hosts of the group `node` are told. */
function environmentOf(stack: readonly Declared[]): Record<string, string> {
  const template = one(stack, "aws:ec2/launchTemplate:LaunchTemplate", "node-launch-template");
  const document = parse(Buffer.from(String(template.inputs.userData), "base64").toString());
  const [file] = document.write_files.filter(({ path }: { path: string }) => path === "/etc/towline/host.env");
  const lines: string[] = file.content.trimEnd().split("\n");
  return Object.fromEntries(lines.map((line) => /^(\w+)='(.*)'$/.exec(line)?.slice(1) ?? [line, ""]));
}

describe.each([
  ["a preview", { preview: true }, () => UNKNOWN],
  ["an update", { preview: false }, (value: unknown) => value],
] as const)("in %s, a group", (_, options, created) => {
  let before: Set<string>;
  beforeAll(async () => {
    const stack = await stackOf({ node: plain }, {}, "qa", options);
    before = new Set(stack.map(labelOf));
    expect([...before]).toEqual(expect.arrayContaining(partsOf("node")));
  });

  it.each(Object.entries(kinds(created)))("%s has exactly what makes it one", async (_name, kind) => {
    const groups = { ...kind.beside, node: { ...plain, ...kind.node } };
    const stack = await stackOf(groups, kind.sections, "qa", options);
    const byLabel = new Map(stack.map((entry) => [labelOf(entry), entry.inputs]));
    expect(byLabel.size).toBe(stack.length);
    expect([...byLabel.keys()].filter((label) => !before.has(label)).sort()).toEqual([...kind.adds].sort());
    expect([...before].filter((label) => !byLabel.has(label))).toEqual([]);
    for (const [label, inputs] of Object.entries(kind.makes)) {
      const found = byLabel.get(label);
      const picked = Object.fromEntries(Object.keys(inputs).map((key) => [key, found?.[key]]));
      expect({ [label]: picked }).toMatchObject({ [label]: inputs });
    }
    if (options.preview) {
      const template = byLabel.get("ec2.LaunchTemplate node-launch-template");
      expect(template?.userData).toBe(UNKNOWN);
    } else {
      expect(environmentOf(stack)).toMatchObject(kind.tells ?? {});
    }
  });
});

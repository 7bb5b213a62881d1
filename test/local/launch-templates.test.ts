import { LaunchTemplates } from "../../local/answers/launch-templates";
import type { Clients } from "../../local/region/clients";
import { queryCall } from "./calls";

const sent: [name: string, input: unknown][] = [];
const described = { ImageId: "ami-1", UserData: "b2xk" };
const ec2 = {
  send: async (command: { constructor: { name: string }; input: unknown }) => {
    const { name } = command.constructor;
    sent.push([name, command.input]);
    return name.startsWith("Describe")
      ? { LaunchTemplateVersions: [{ LaunchTemplateData: described }] }
      : { LaunchTemplateVersion: { VersionNumber: 2 } };
  },
};
const templates = new LaunchTemplates(() => ({ ec2 }) as unknown as Clients);
const call = (action: string, fields: Record<string, string>) => queryCall("ec2", action, fields);
const CREATE = "CreateLaunchTemplateVersion";
const change = { LaunchTemplateId: "lt-1", SourceVersion: "1", "LaunchTemplateData.UserData": "bmV3" };

test("a new version has other user data than the one it is made from, and shows it", async () => {
  expect((await templates.answer(call(CREATE, change)))?.body).toContain("<versionNumber>2</versionNumber>");
  expect(sent).toEqual([
    ["DescribeLaunchTemplateVersionsCommand", { LaunchTemplateId: "lt-1", Versions: ["1"] }],
    ["CreateLaunchTemplateVersionCommand", { LaunchTemplateId: "lt-1", LaunchTemplateData: { ImageId: "ami-1" } }],
  ]);
  const version = (number: number, data: string) =>
    `<item><launchTemplateId>lt-1</launchTemplateId><versionNumber>${number}</versionNumber><launchTemplateData>${data}<imageId>ami-1</imageId></launchTemplateData></item>`;
  const old = version(1, "<userData>b2xk</userData>");
  expect(templates.follow(call("DescribeLaunchTemplateVersions", {}), old + version(2, ""))).toBe(
    old + version(2, "<userData>bmV3</userData>"),
  );
});

test("other changes are refused, other calls are left to moto", async () => {
  const refused = await templates.answer(call(CREATE, { ...change, "LaunchTemplateData.ImageId": "ami-2" }));
  expect([refused?.status, refused?.body]).toEqual([400, expect.stringContaining("UnsupportedOperation")]);
  expect(await templates.answer(call(CREATE, { LaunchTemplateId: "lt-1" }))).toBeUndefined();
  expect(await templates.answer(call("CreateLaunchTemplate", change))).toBeUndefined();
  expect(templates.follow(call("DescribeLaunchTemplates", {}), "reply")).toBe("reply");
});

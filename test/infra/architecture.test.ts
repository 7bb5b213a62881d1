import { parse } from "yaml";
import { parseStackConfig } from "../../infra/config";
import { architectureOfImage } from "../../infra/config/architecture";
import { errorsOf, type GroupRaw, valid, web } from "./config-fixtures";
import { one, stackOf } from "./stack-of";

const api = { ...web, http: { port: 7000, paths: ["/api/*"] }, architecture: "arm64" };
const groupsOf = (groups: Record<string, GroupRaw>, repository: object = {}) => ({
  ...valid({ "towline:groups": groups }),
  "towline:repository": { bucket: "acme-staging", ...repository },
});

describe("a group of an architecture of its own", () => {
  it("has machines and an image of it, and the others those of the repository's", () => {
    const { groups } = parseStackConfig("qa", groupsOf({ web, api }));
    expect([groups.web, groups.api].map((group) => [group?.architecture, group?.instanceType, group?.image])).toEqual([
      ["amd64", "t3.small", "/aws/service/debian/release/13/latest/amd64"],
      ["arm64", "t4g.small", "/aws/service/debian/release/13/latest/arm64"],
    ]);
  });

  it("is launched so, and finds its packages where the others do", async () => {
    const stack = await stackOf({ web, api });
    const { instanceType, userData } = one(
      stack,
      "aws:ec2/launchTemplate:LaunchTemplate",
      "api-launch-template",
    ).inputs;
    expect(instanceType).toBe("t4g.small");
    const { write_files: files } = parse(Buffer.from(String(userData), "base64").toString());
    const source = files.find(({ path }: { path: string }) => path.endsWith("/towline.sources"));
    expect(source.content).toContain("Architectures: amd64\n");
  });

  const refused = (change: GroupRaw, repository: object = {}) =>
    errorsOf(groupsOf({ web: web, api: { ...api, ...change } }, repository), "qa");
  const PLACE = "Pulumi.qa.yaml: towline:groups/api";

  it.each<[GroupRaw, string]>([
    [
      { architecture: "x86_64" },
      'architecture: should be amd64 or arm64, but is "x86_64". Write for example "architecture: amd64".',
    ],
    [
      { instanceType: "m6i.large" },
      "instanceType: should be a type of api's architecture, which is arm64, but m6i.large is amd64. Take another type, as t4g.small, or change architecture.",
    ],
    [
      { alternativeTypes: ["t4g.medium", "t3a.small"] },
      "alternativeTypes/1: should be a type of api's architecture, which is arm64, but t3a.small is amd64. Take another type, as t4g.small, or change architecture.",
    ],
    [
      { image: "/aws/service/debian/release/13/latest/amd64" },
      "image: should name an image of api's architecture, which is arm64, but /aws/service/debian/release/13/latest/amd64 is one of amd64. Name another, or change architecture.",
    ],
  ])("is refused with %j", (change, sentence) => {
    expect(refused(change)).toEqual([`${PLACE}/${sentence}`]);
  });

  it("may be the repository's, too, whose machines then are the only ones", () => {
    expect(refused({ architecture: "amd64", instanceType: "t4g.small" })).toEqual([
      `${PLACE}/instanceType: should be a type of the repository's architecture, which is amd64, but t4g.small is arm64. Take another type, as t3.small, or change towline:repository/architecture.`,
    ]);
  });
});

it.each([
  ["/aws/service/debian/release/13/latest/arm64", "arm64"],
  ["/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64", "amd64"],
  ["/acme/images/base-aarch64", "arm64"],
  ["/acme/images/base", undefined],
  ["/acme/amd64/to-arm64", undefined],
  ["/acme/farm64/base", undefined],
])("the image %s is one of %s", (parameter, architecture) => {
  expect(architectureOfImage(parameter)).toBe(architecture);
});

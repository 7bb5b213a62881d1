import { Resources } from "../../local/iam/resources";
import { jsonCall, queryCall } from "./calls";

const KEY = "00000000-0000-4000-8000-000000000001";
let known: Resources;
beforeEach(() => {
  known = new Resources();
});

test("a launch template is known by its number and its name, with the role that its profile hands out and what it tags", () => {
  known.follow(queryCall("iam", "CreateRole", { RoleName: "web", Path: "/shop/" }), "");
  known.follow(queryCall("iam", "AddRoleToInstanceProfile", { InstanceProfileName: "p", RoleName: "web" }), "");
  const call = queryCall("ec2", "CreateLaunchTemplate", {
    LaunchTemplateName: "hosts",
    "LaunchTemplateData.IamInstanceProfile.Arn": "arn:aws:iam::123456789012:instance-profile/shop/p",
    "LaunchTemplateData.TagSpecification.1.ResourceType": "volume",
    "TagSpecification.1.ResourceType": "launch-template",
    "TagSpecification.1.Tag.1.Key": "towline:stack",
    "TagSpecification.1.Tag.1.Value": "qa",
  });
  known.follow(call, "<launchTemplateId>lt-0123</launchTemplateId>");
  const made = { id: "lt-0123", roleArn: "arn:aws:iam::123456789012:role/shop/web", tagged: ["volume"] };
  expect([known.template("lt-0123"), known.template("hosts"), known.template("lt-9")]).toEqual([made, made, undefined]);
  expect(known.tagsOf("lt-0123")).toEqual({ "towline:stack": "qa" });
});

test("a parameter is known by its key while it is encrypted, and a key by its tags", () => {
  const arn = "arn:aws:ssm:eu-west-1:123456789012:parameter/towline/qa/secret";
  const put = (over: object) =>
    known.follow(jsonCall("ssm", "PutParameter", { Name: "/towline/qa/secret", ...over }), "{}");
  put({ Type: "SecureString", KeyId: "alias/own" });
  expect(known.keyOfParameter(arn)).toBe("alias/own");
  put({ Type: "SecureString" });
  expect(known.keyOfParameter(arn)).toBeUndefined();
  put({ Type: "SecureString", KeyId: "alias/own" });
  put({ Type: "String" });
  expect(known.keyOfParameter(arn)).toBeUndefined();
  const Tags = [{ TagKey: "towline:stack", TagValue: "qa" }];
  known.follow(jsonCall("kms", "CreateKey", { Tags }), JSON.stringify({ KeyMetadata: { KeyId: KEY } }));
  expect(known.tagsOf(KEY)).toEqual({ "towline:stack": "qa" });
});

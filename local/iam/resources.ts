import type { ApiCall } from "../region/calls";
import { ACCOUNT } from "../region/place";
import type { Facts } from "./authorization";
import { madeByEc2 } from "./ec2-needs";
import type { Policies } from "./policies";

/** What a launch template gives its instances, as far as whoever uses it must be allowed to give it. */
export interface Template {
  readonly id: string;
  /** ARN of the role; undefined where it names none. */
  readonly roleArn: string | undefined;
  /** What is tagged at the launch: `instance`, `volume` … */
  readonly tagged: readonly string[];
}

/** What the region remembers of resources that decisions look at, from the calls that made them. */
export class Resources {
  private readonly profiles = new Map<string, string>();
  private readonly paths = new Map<string, string>();
  private readonly tags = new Map<string, Readonly<Record<string, string>>>();
  private readonly templates = new Map<string, Template>();
  /** Keys of the parameters that are encrypted with another than AWS's own, by the parameters' ARNs. */
  private readonly secrets = new Map<string, string>();

  /** By its number or its name. */
  template(name: string): Template | undefined {
    return this.templates.get(name);
  }

  /** The key that a parameter is encrypted with, as it was named; undefined where it is not, or with AWS's own, which the whole account may use. */
  keyOfParameter(arn: string): string | undefined {
    return this.secrets.get(arn);
  }

  /** ARN of a role by its name, with the path that it was made in. */
  roleArn(name: string): string {
    return `arn:aws:iam::${ACCOUNT}:role${this.paths.get(name) ?? "/"}${name}`;
  }

  keepPath(role: string, path: string): void {
    this.paths.set(role, path);
  }

  /** By the number that AWS made up. */
  tagsOf(id: string): Readonly<Record<string, string>> {
    return this.tags.get(id) ?? {};
  }

  tag(id: string, tags: Readonly<Record<string, string>>): void {
    this.tags.set(id, tags);
  }

  /** Follows a call that has been carried out. */
  follow(call: ApiCall, reply: string): void {
    FOLLOWED[`${call.service}:${call.action}`]?.(this, call, reply);
    const made = call.service === "ec2" ? madeByEc2(call, reply) : undefined;
    if (made !== undefined) this.tag(made.id, made.tags);
  }

  /** That a profile hands a role to instances. */
  handsOut(profile: string, role: string): void {
    this.profiles.set(profile, role);
  }

  keepTemplate({ form }: ApiCall, id: string): void {
    const data = "LaunchTemplateData.";
    const profile = form.get(`${data}IamInstanceProfile.Arn`) ?? form.get(`${data}IamInstanceProfile.Name`) ?? "";
    const role = this.profiles.get(profile.slice(profile.lastIndexOf("/") + 1));
    const kinds = [...form].filter(([key]) => /^LaunchTemplateData\.TagSpecification\.\d+\.ResourceType$/.test(key));
    const roleArn = role === undefined ? undefined : this.roleArn(role);
    const made = { id, roleArn, tagged: kinds.map(([, kind]) => kind) };
    for (const name of [id, form.get("LaunchTemplateName") ?? id]) this.templates.set(name, made);
  }

  keepParameter(arn: string, type: unknown, key: unknown): void {
    if (type === "SecureString" && typeof key === "string" && key !== "") this.secrets.set(arn, key);
    else this.secrets.delete(arn);
  }
}

/** What is known of resources from the calls that made them and their policies: all but the instances, which nobody has to remember. */
export function rememberedFacts(policies: Policies, resources: Resources): Omit<Facts, "instance" | "instancesWith"> {
  return {
    key: (name) => policies.key(name),
    alias: (key) => policies.alias(key),
    template: (name) => resources.template(name),
    roleArn: (name) => resources.roleArn(name),
    tags: (id) => resources.tagsOf(id),
    boundary: (role) => policies.boundaryOf(role)?.[0]?.name,
    keyOfParameter: (arn) => resources.keyOfParameter(arn),
  };
}

/** ARN of a parameter of Systems Manager. */
export function parameterArn({ region }: Pick<ApiCall, "region">, name: string): string {
  return `arn:aws:ssm:${region}:${ACCOUNT}:parameter/${name.replace(/^\//, "")}`;
}

const FOLLOWED: Readonly<Record<string, (known: Resources, call: ApiCall, reply: string) => void>> = {
  "ec2:CreateLaunchTemplate": (known, call, reply) => {
    const id = /<launchTemplateId>([^<]+)</.exec(reply)?.[1];
    if (id !== undefined) known.keepTemplate(call, id);
  },
  "iam:AddRoleToInstanceProfile": (known, { form }) =>
    known.handsOut(form.get("InstanceProfileName") ?? "", form.get("RoleName") ?? ""),
  "kms:CreateKey": (known, { json }, reply) => {
    const given = (json?.Tags ?? []) as readonly { TagKey: string; TagValue: string }[];
    const { KeyId } = (JSON.parse(reply) as { KeyMetadata: { KeyId: string } }).KeyMetadata;
    known.tag(KeyId, Object.fromEntries(given.map(({ TagKey, TagValue }) => [TagKey, TagValue])));
  },
  "iam:CreateRole": (known, { form }) => known.keepPath(form.get("RoleName") ?? "", form.get("Path") ?? "/"),
  "ssm:PutParameter": (known, call) =>
    known.keepParameter(parameterArn(call, String(call.json?.Name)), call.json?.Type, call.json?.KeyId),
};

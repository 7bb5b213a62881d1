/** What usually fixes an activity AWS could not do, by its words; the first that matches counts. */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [/ABANDON/, "see the instance's boot log and the release it installs; it did not prove healthy in time"],
  [/draining/i, "look whether its connections end at all, or shorten deregistrationDelay"],
  [/requested Availability Zone|unsupported/i, "give the group another instanceType, or leave this zone out"],
  [/limit|quota/i, "ask AWS for a higher quota (Service Quotas), or use fewer or smaller instances"],
  [
    /insufficient ?(instance)?capacity|(sufficient|no).*capacity/i,
    "add instance types or zones; Auto Scaling keeps trying by itself",
  ],
  [/spot.*price/i, "raise or remove the maximum spot price"],
  [/free addresses|addresses in the subnet/i, "free addresses in the subnet, or give the network a larger range"],
  [/\bAMI\b|\bimage\b/i, "let `image` name an image that exists in this region, then `pulumi up`"],
  [/KMS|Client error on launch/i, "let Auto Scaling's service-linked role use the KMS key of the volumes"],
  [/not authorized|instance profile/i, "compare the role and instance profile with the stack: `pulumi up --refresh`"],
  [
    /(security group|subnet|key pair|launch template|target group|load balancer).*(not (exist|found)|invalid)/i,
    "something it refers to was deleted outside the stack: `pulumi up --refresh`",
  ],
  [/throttl|rate exceeded/i, "nothing: AWS asked for fewer requests, and Auto Scaling tries again by itself"],
];

/** @returns what usually helps against an error, as a clause; undefined when we do not know */
export function remedyFor(error: string): string | undefined {
  return REMEDIES.find(([pattern]) => pattern.test(error))?.[1];
}

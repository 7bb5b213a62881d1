import { remedyFor } from "../../lambda/autoscaling/remedies";
import { errorClause } from "../../lambda/aws/error";
import { format } from "../../lambda/formatters";
import { parseNotifications } from "../../lambda/notification";
import { LAUNCH, snsEvent } from "./events";

const FAILED = "Launching EC2 instance failed.";
const DENIED =
  "You are not authorized to perform this operation. User: arn:aws:sts::210987654321:assumed-role/AWSServiceRoleForAutoScaling/AutoScaling is not authorized to perform: ec2:RunInstances on resource: arn:aws:ec2:eu-central-1:210987654321:instance/* with an explicit deny in a service control policy";

/** What AWS writes as the StatusMessage of an activity that failed, names made up; and the advice, by its beginning or its heart. */
const ERRORS: [string, RegExp][] = [
  // The instance's own failures.
  [
    "Instance failed to complete user's Lifecycle Action: Lifecycle Action with token 0b7f3c52-1111-4222-8333-444455556666 was abandoned: Heartbeat Timeout",
    /boot log: its agent never answered/,
  ],
  [
    "Instance failed to complete user's Lifecycle Action: Lifecycle Action with token 0b7f3c52-1111-4222-8333-444455556666 was abandoned: Lifecycle Action Completed with ABANDON Result",
    /did not prove healthy in time/,
  ],
  [
    "Instance became unhealthy while waiting for instance to be in InService state. Termination Reason: Client.InstanceInitiatedShutdown: Instance initiated shutdown",
    /it shut itself down/,
  ],
  ["Timed out waiting for draining", /deregistrationDelay/],
  // What the image and the type do not agree on, though the image is named.
  [
    `The architecture 'x86_64' of the specified instance type does not match the architecture 'arm64' of the specified AMI. Specify an instance type and an AMI that have matching architectures, and try again. ${FAILED}`,
    /of one architecture/,
  ],
  [
    `The requested instance type's architecture (i386) does not match the architecture in the manifest for ami-0feed (x86_64). ${FAILED}`,
    /of one architecture/,
  ],
  [
    `The specified image requires the UEFI boot mode, which the instance type 't2.micro' does not support. ${FAILED}`,
    /boots the way/,
  ],
  [`The boot mode legacy-bios of the AMI is not supported by the instance type c7i.metal. ${FAILED}`, /boots the way/],
  [`Volume of size 8GB is smaller than snapshot 'snap-0feed', expect size >= 30GB. ${FAILED}`, /`rootVolume.size`/],
  [`Invalid device name /dev/xvdzz. ${FAILED}`, /devices the instance type knows/],
  [`AMI ami-0feed is pending, and cannot be run. ${FAILED}`, /once the image is available/],
  [`The image id '[ami-0feed]' does not exist. ${FAILED}`, /^let `image` name an image/],
  [`Not authorized for images: [ami-0feed]. ${FAILED}`, /^let `image` name an image/],
  [
    `In order to use this AWS Marketplace product you need to accept terms and subscribe. To do so please visit https://aws.amazon.com/marketplace/pp?sku=0feed. ${FAILED}`,
    /accept the image's terms/,
  ],
  [
    `You cannot launch instances with this AMI: the 'm7i.large' instance type does not support an AMI without ENA. Enhanced networking with the Elastic Network Adapter (ENA) is required for the 'm7i.large' instance type. Ensure that you are using an AMI that is enabled for ENA. ${FAILED}`,
    /enabled for enhanced networking/,
  ],
  [`Interface: [eni-0feed] in use. ${FAILED}`, /detach the network interface/],
  // Rights.
  [
    "Access denied when attempting to assume role arn:aws:iam::210987654321:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling. Validating load balancer configuration failed.",
    /make Auto Scaling's service-linked role again/,
  ],
  [
    `The tag policy does not allow the specified value for the following tag key: 'CostCenter'. ${FAILED}`,
    /the organisation's tag policy/,
  ],
  [`${DENIED}. ${FAILED}`, /one above the stack forbids it/],
  [
    "You are not authorized to perform this operation. User: arn:aws:sts::210987654321:assumed-role/x/y is not authorized to perform: ec2:RunInstances on resource: arn:aws:ec2:eu-central-1::image/ami-0feed with an explicit deny in a permissions boundary",
    /one above the stack forbids it/,
  ],
  [
    "User: arn:aws:sts::210987654321:assumed-role/x/y is not authorized to perform: ec2:RunInstances on resource: arn:aws:ec2:eu-central-1::image/ami-0feed because no identity-based policy allows the ec2:RunInstances action",
    /^compare the role/,
  ],
  [`Invalid IamInstanceProfile: towline-prod-web. ${FAILED}`, /^compare the role/],
  [`You are not authorized to use launch template: lt-0feed`, /^compare the role/],
  ["Client.InvalidKMSKey.InvalidState: The KMS key provided is in an incorrect state", /KMS key of the volumes$/],
  ["Client.InternalError: Client error on launch", /KMS key of the volumes$/],
  [`Authentication Failure. ${FAILED}`, /^nothing: .* role just made/],
  [`This account is currently blocked and not recognized as a valid account. ${FAILED}`, /AWS Support/],
  // Quotas, though they speak of capacity.
  [
    `You have requested more vCPU capacity than your current vCPU limit of 16 allows for the instance bucket that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit. ${FAILED}`,
    /^ask AWS for a higher quota \(/,
  ],
  [
    `Could not launch On-Demand Instances. VcpuLimitExceeded - You have requested more vCPU capacity. ${FAILED}`,
    /^ask AWS for a higher quota \(/,
  ],
  [
    `You've reached your quota for maximum Fleet Requests for this account. ${FAILED}`,
    /^ask AWS for a higher quota \(/,
  ],
  [`20 instance(s) are already running. ${FAILED}`, /^ask AWS for a higher quota \(/],
  ["Termination Reason: Client.VolumeLimitExceeded: Volume limit exceeded", /^ask AWS for a higher quota \(/],
  [`Max spot instance count exceeded. ${FAILED}`, /quota of spot instances/],
  [
    "Could not launch Spot Instances. MaxSpotInstanceCountExceeded - Max spot instance count exceeded.",
    /quota of spot instances/,
  ],
  [`Request limit exceeded. ${FAILED}`, /^nothing: .* fewer requests/],
  // What AWS does not have, or not there.
  [
    `We currently do not have sufficient m7g.large capacity in the Availability Zone you requested (eu-central-1b). Our system will be working on provisioning additional capacity. You can currently get m7g.large capacity by not specifying an Availability Zone in your request or choosing eu-central-1a. ${FAILED}`,
    /^add `alternativeTypes` or zones/,
  ],
  [
    `Could not launch Spot Instances. InsufficientInstanceCapacity - There is no Spot capacity available that matches your request. ${FAILED}`,
    /^add `alternativeTypes` or zones/,
  ],
  [
    `Could not launch Spot Instances. UnfulfillableCapacity - Unable to fulfill capacity due to your request configuration. Please adjust your request and try again. ${FAILED}`,
    /^choose another `instanceType`/,
  ],
  [
    `The requested configuration is currently not supported. Please check the documentation for supported configurations. ${FAILED}`,
    /^choose another `instanceType`/,
  ],
  [
    `Your requested instance type (t4g.small) is not supported in your requested Availability Zone (us-east-1e). Please retry your request by not specifying an Availability Zone or choosing us-east-1a. ${FAILED}`,
    /every zone has/,
  ],
  [`The requested Availability Zone is no longer supported. Please retry your request. ${FAILED}`, /every zone has/],
  [
    `Your Spot request price of 0.015 is lower than the minimum required Spot request fulfillment price of 0.0735. ${FAILED}`,
    /maximum spot price/,
  ],
  [
    "There are not enough free addresses in subnet 'subnet-0feed' to satisfy the requested number of instances.",
    /^free addresses/,
  ],
  ["Server.InternalError: Internal error on launch", /the fault is AWS's/],
  [`Placement groups may not be used with instances of type 'm1.large'. ${FAILED}`, /the placement group allows/],
  // What was deleted.
  [`The security group 'sg-0feed' does not exist. ${FAILED}`, /deleted outside the stack/],
  [`The key pair 'admin' does not exist. ${FAILED}`, /deleted outside the stack/],
  ["The specified launch template, with template ID lt-0feed, does not exist.", /deleted outside the stack/],
  ["Provided Load Balancers may not be valid. Please ensure they exist and try again.", /deleted outside the stack/],
  [
    "The instance 'i-0feed' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.",
    /termination protection/,
  ],
];

test.each(ERRORS)("what usually fixes: %s", (error, remedy) => {
  expect(remedyFor(error)).toMatch(remedy);
});

test("an error nobody has seen gets no advice", () => {
  expect(remedyFor("The tea was too hot")).toBeUndefined();
});

describe("an error with 1,400 characters that only AWS can read", () => {
  // Words of other causes stand in it by chance.
  const ciphertext = "qM8Q-UEFI-KMS-ABANDON_".repeat(64);
  const error = `${DENIED}. Encoded authorization failure message: ${ciphertext}. ${FAILED}`;

  test("is told by its cause, with the advice on the same line", () => {
    const failed = { ...LAUNCH, Event: `${LAUNCH.Event}_ERROR`, StatusMessage: error, EC2InstanceId: "" };
    const [notification] = parseNotifications(snsEvent([failed]));
    const report = notification && format(notification);
    expect(report?.story).toBe(
      "Launch of i-0c0ffee0c0ffee001 failed in towline-prod-web: AWSServiceRoleForAutoScaling may not ec2:RunInstances on instance/* with an explicit deny in a service control policy. What usually fixes it: ask who keeps the account's policies: one above the stack forbids it.",
    );
    expect(JSON.stringify(report?.blocks)).toContain(ciphertext);
  });

  test("gets the advice of its words, not of the characters", () => {
    expect(remedyFor(`You are not authorized. Encoded authorization failure message: ${ciphertext}`)).toMatch(
      /^compare the role/,
    );
  });
});

test.each([
  [`Max spot instance count exceeded. ${FAILED}`, "Max spot instance count exceeded"],
  [
    `The requested configuration is currently not supported. Please check the documentation for supported configurations. ${FAILED}`,
    "The requested configuration is currently not supported",
  ],
  [
    "Launch of arn:aws:ec2:eu-central-1:210987654321:instance/i-0feed denied (Service: AmazonEC2; Status Code: 403; Request ID: 0b7f3c52-1111)",
    "Launch of instance/i-0feed denied",
  ],
  [
    "User: arn:aws:iam::210987654321:user/bob is not authorized to perform: ec2:RunInstances on resource: arn:aws:ec2:eu-central-1:210987654321:instance/* because no policy allows it",
    "bob may not ec2:RunInstances on instance/* because no policy allows it",
  ],
  [
    "Instance failed to complete user's Lifecycle Action: Lifecycle Action with token 0b7f3c52-1111-4222-8333-444455556666 was abandoned: Heartbeat Timeout",
    "Lifecycle Action was abandoned: Heartbeat Timeout",
  ],
  ["Please be patient.", "Please be patient"],
])("%j is told as %j", (error, clause) => {
  expect(errorClause(error)).toBe(clause);
});

import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { hostsTopicName, rolloutObject, settingsObject, topicName } from "../../infra/names";
import type { Member } from "../fleet/member";
import { instanceSession } from "../iam/principal";
import { ACCOUNT, instanceArn } from "../region/place";
import { WORKER } from "./groups";
import type { Note, Stage } from "./stage";

/** On a host, with its own credentials: prints the status of each call, `METHOD KEY`, of the bucket. */
const CALLS = `set -euo pipefail
region=$1 bucket=$2
shift 2
imds=http://169.254.169.254/latest
token=$(curl --silent --fail --request PUT --header 'X-aws-ec2-metadata-token-ttl-seconds: 60' "$imds/api/token")
ask() { curl --silent --fail --header "X-aws-ec2-metadata-token: $token" "$imds/meta-data/iam/security-credentials/$1"; }
given=$(ask "$(ask '')")
field() { jq -r ".$1" <<<"$given"; }
for call; do
  curl --silent --output /dev/null --write-out '%{http_code}\\n' --request "\${call%% *}" --aws-sigv4 "aws:amz:$region:s3" --config - \\
    "https://$bucket.s3.$region.amazonaws.com/\${call#* }" <<CONFIG
user = "$(field AccessKeyId):$(field SecretAccessKey)"
header = "x-amz-security-token: $(field Token)"
CONFIG
done`;

/** A host may do what is its own, and the same credentials elsewhere open nothing. @throws Error at the first call that is answered otherwise */
export async function tellAccess(stage: Stage, note: Note): Promise<void> {
  const { staging } = stage;
  const [host, other] = staging.members() as [Member, Member];
  await onTheHost(stage, host, other);
  await elsewhere(stage, host);
  note(`${host.spec.id} reads packages; other groups, other hosts' reports and other apps' settings are closed to it`);
  note("its credentials read nothing from anywhere else, and speak for no publisher");
}

async function onTheHost({ staging }: Stage, host: Member, other: Member): Promise<void> {
  const { repository, region } = staging.stack.config;
  const report = `hosts/${staging.groupName}/${encodeURIComponent(instanceArn(other.spec))}.json`;
  const expected: Readonly<Record<string, string>> = {
    [`GET dists/${repository.suite}/InRelease`]: "200",
    [`PUT dists/${repository.suite}/InRelease`]: "403",
    [`GET ${rolloutObject(WORKER, "lease.json")}`]: "403",
    [`PUT ${rolloutObject(WORKER, "lease.json")}`]: "403",
    [`PUT ${rolloutObject(staging.groupName, "policy.json")}`]: "403",
    [`PUT ${report}`]: "403",
    [`GET ${report}`]: "403",
    [`GET ${settingsObject("another")}`]: "403",
    "GET ?list-type=2&prefix=env%2F": "403",
  };
  const calls = Object.keys(expected);
  const said = await host.host?.exec("bash", "-c", CALLS, "calls", region, repository.bucket, ...calls);
  const answers = (said ?? "").trim().split("\n");
  const wrong = calls.filter((call, index) => answers[index] !== expected[call]);
  if (wrong.length > 0)
    throw new Error(`${host.spec.id}: ${wrong.map((call) => `${call}: ${answers[calls.indexOf(call)]}`).join(", ")}`);
}

async function elsewhere({ region, staging }: Stage, { spec }: Member): Promise<void> {
  const { repository } = staging.stack.config;
  const settings = { region: spec.region, credentials: region.iam.keys.of(instanceSession(spec)) };
  const Key = `dists/${repository.suite}/InRelease`;
  const read = () => new S3Client(settings).send(new GetObjectCommand({ Bucket: repository.bucket, Key }));
  const tell = (topic: string) => () => {
    const TopicArn = `arn:aws:sns:${spec.region}:${ACCOUNT}:${topic}`;
    return new SNSClient(settings).send(new PublishCommand({ TopicArn, Message: "{}" }));
  };
  await refused(`${spec.id}'s credentials off the host, reading ${Key}`, read);
  await refused(`${spec.id} on the stack's topic`, tell(topicName(staging.name)));
  // No endpoint, no word of where a request comes from: docs/security.md.
  await tell(hostsTopicName(staging.name))();
}

async function refused(what: string, call: () => Promise<unknown>): Promise<void> {
  const answer = await call().then(
    () => "allowed",
    ({ name }: Error) => name,
  );
  if (!/^(AccessDenied|AuthorizationError)/.test(answer)) throw new Error(`${what}: ${answer}`);
}

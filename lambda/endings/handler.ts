import { asList, asText, parseJson } from "../values";
import { awsCloud } from "./cloud";
import { type Cloud, look } from "./look";

const suites = asList(parseJson(process.env.TOWLINE_SUITES ?? "")).flatMap((suite) => asText(suite) ?? []);
let cloud: Promise<Cloud> | undefined;

/** The Lambda function that looks, at times, whether an index or a key of the stack ends soon. */
export async function handler(): Promise<void> {
  cloud ??= awsCloud(process.env.TOWLINE_BUCKET ?? "", process.env.TOWLINE_NAMESPACE ?? "");
  await look(suites, Number(process.env.TOWLINE_VALID_DAYS), await cloud, console.log);
}

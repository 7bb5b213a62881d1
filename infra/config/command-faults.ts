import { PROJECT } from "../names";
import type { Fault } from "./fault";
import type { StackConfig } from "./types";

/** Lambda takes 4096 characters of variables; those that are not the configuration's are less than the rest. */
const MOST_OF_COMMAND = 3500;

/** What in the commands' section does not go with the rest of the stack. */
export function commandFaults({ stack, slack, slackCommand }: StackConfig): Fault[] {
  const section = `${PROJECT}:slackCommand`;
  const faults: Fault[] = [];
  if (slackCommand?.promoteFrom === stack) {
    faults.push({
      path: [section, "promoteFrom"],
      sentence: `should be another stack than this one, but is "${stack}". Put the section into the stack that releases are promoted to, or name another stack.`,
    });
  }
  if (slackCommand?.allow.userGroup !== undefined && slack.botTokenParameter === undefined) {
    faults.push({
      path: [section, "allow", "userGroup"],
      sentence: `should come with ${PROJECT}:slack/botTokenParameter, which is missing: its members are read with it. Add it, or name users.`,
    });
  }
  const botToken = slackCommand?.allow.userGroup && slack.botTokenParameter;
  const length = slackCommand === undefined ? 0 : textsOf([slackCommand, botToken]).join("").length;
  if (length > MOST_OF_COMMAND) {
    faults.push({
      path: [section],
      sentence: `should have at most ${MOST_OF_COMMAND} characters in all its texts, since Lambda has no room for more, but has ${length}. Name a userGroup in place of users.`,
    });
  }
  return faults;
}

/** All texts in a value, however deep. */
function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [`${value},`];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

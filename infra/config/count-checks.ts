import { type Context, report } from "./report";

/** Checks of how many of something there are. Each reports the whole sentence that follows the key's path. */

export function atLeastOneGroup(groups: Readonly<Record<string, unknown>>, context: Context): void {
  if (Object.keys(groups).length > 0) return;
  report(
    context,
    [],
    'should hold at least one group beside __base__. Write for example "web: {packages: [hello], size: {min: 2, max: 4}}".',
  );
}

type Names = Readonly<Record<string, unknown>>;

/** A check of a map that AWS wants small. */
function atMost(most: number, sentence: (count: number) => string): (map: Names, context: Context) => void {
  return (map, context) => {
    const count = Object.keys(map).length;
    if (count > most) report(context, [], sentence(count));
  };
}

/** The policy and the variables of the registry's function name them all, and AWS wants both short. */
const MOST_GROUPS = 40;

export const atMostGroups = atMost(
  MOST_GROUPS,
  (count) =>
    `should hold at most ${MOST_GROUPS} groups beside __base__, but holds ${count}. Give some of them a stack of their own.`,
);

/** AWS takes 50 tags of a resource; `Name` and the two of towline's are among them. */
const MOST_TAGS = 47;

export const atMostTags = atMost(
  MOST_TAGS,
  (count) =>
    `should hold at most ${MOST_TAGS} tags, as AWS takes 50 and three are towline's, but holds ${count}. Remove some.`,
);

/** CloudWatch's "Dimensions per metric". */
const MOST_DIMENSIONS = 30;

export const atMostDimensions = atMost(
  MOST_DIMENSIONS,
  (count) =>
    `should hold at most ${MOST_DIMENSIONS} dimensions, as CloudWatch takes them, but holds ${count}. Remove some.`,
);

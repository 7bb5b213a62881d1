import { type Activity, description, type EventKind } from "./activity";

/** An activity that has come to its end. */
export interface EndedActivity extends Activity {
  /** `Launching a new EC2 instance: i-…` */
  readonly description: string;
  readonly ended: Date;
  /** Why it did not succeed; "" where it did. */
  readonly error: string;
}

/** How many of a group's activities are kept. */
const KEPT = 100;

/** What became of the instances of each group, as DescribeScalingActivities tells it. */
export class Activities {
  private readonly byGroup = new Map<string, EndedActivity[]>();

  /** The latest first. */
  of(group: string): readonly EndedActivity[] {
    return this.byGroup.get(group) ?? [];
  }

  add(kind: EventKind, activity: Activity, ended: Date, error: string): void {
    const added = { ...activity, description: description(kind, activity), ended, error };
    this.byGroup.set(activity.group, [added, ...this.of(activity.group)].slice(0, KEPT));
  }
}

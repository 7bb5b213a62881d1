import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { HttpConfig } from "../config";
import type { Tags } from "../tags";

/** A group behind the load balancer. */
export interface Route {
  /** Name of the group. */
  readonly group: string;
  /** Port, hosts, paths and priority. */
  readonly http: HttpConfig;
  readonly targetGroupArn: pulumi.Input<string>;
}

/** Declares that requests for a group's hosts and paths are sent to it. */
export function listenerRule(
  name: string,
  { group, http, targetGroupArn }: Route,
  listenerArn: pulumi.Input<string>,
  tags: Tags,
  parent: pulumi.Resource,
): aws.lb.ListenerRule {
  return new aws.lb.ListenerRule(
    `${name}-${group}`,
    {
      listenerArn,
      priority: http.priority,
      conditions: [
        ...(http.hosts.length > 0 ? [{ hostHeader: { values: [...http.hosts] } }] : []),
        ...(http.paths.length > 0 ? [{ pathPattern: { values: [...http.paths] } }] : []),
      ],
      actions: [{ type: "forward", targetGroupArn }],
      tags,
    },
    { parent },
  );
}

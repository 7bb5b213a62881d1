import { bootLogPage, instancePage } from "../aws/console";
import { firstPlace, placeOfArn } from "../aws/place";
import { type Deploy, parseDeploy } from "../deploy/deploy";
import { deployStory, rescueCommand } from "../deploy/story";
import { duration } from "../duration";
import type { Item, Report } from "../report";
import { buttons, codeBlock, facts, footnote, paragraph } from "../slack/message";
import type { Formatter } from "./formatter";

const CALLS_SOMEBODY = ["failed", "boot-failed", "rolled-back", "stuck", "request-failed"];

/** A release on its way: what Jenkins, the command line and the hosts report of it. */
export const formatDeploy: Formatter = ({ body, topicArn }) => {
  const deploy = parseDeploy(body);
  if (deploy === undefined) return undefined;
  const told = report(deploy, topicArn);
  const key = ["deploy", deploy.stack, deploy.channel, deploy.package, deploy.version].join("|");
  const items: Item[] = [{ id: [deploy.stage, deploy.instance, deploy.done].join("|"), text: told.story }];
  return {
    ...told,
    episode: {
      key,
      items,
      together: false,
      tell: (all) => ({ ...told, blocks: [...told.blocks, history(all)] }),
    },
  };
};

function report(deploy: Deploy, topicArn: string | undefined): Report {
  const { stage, severity, reason, version, previous, seconds, instance, done, total } = deploy;
  const isLog = reason?.includes("\n") ?? false;
  const place = firstPlace(placeOfArn(topicArn));
  const versions = stage === "rolled-back" ? [version, previous] : [previous, version];
  return {
    severity,
    needsPerson: CALLS_SOMEBODY.includes(stage),
    story: deployStory(deploy),
    blocks: [
      facts({
        Package: deploy.package,
        Version: versions.filter(Boolean).join(" → "),
        Stack: deploy.from === undefined ? deploy.stack : `${deploy.from} → ${deploy.stack}`,
        Group: deploy.group,
        Channel: deploy.channel,
        Instance: instance,
        Hosts: total === undefined ? undefined : `${done ?? total} of ${total}`,
        By: deploy.by,
        Commit: deploy.commit,
        Took: seconds === undefined ? undefined : duration(seconds),
      }),
      isLog ? codeBlock(reason) : paragraph(reason),
      codeBlock(rescueCommand(deploy)),
      buttons({
        Build: deploy.buildUrl,
        Instance: instancePage(place, instance),
        "Boot log": stage === "boot-failed" ? bootLogPage(place, instance) : undefined,
      }),
      footnote(deploy.at),
    ],
  };
}

/** What has been said of this release before, under its newest line. */
function history(items: readonly Item[]) {
  return items.length > 1 ? paragraph(items.map(({ text }) => `• ${text}`).join("\n")) : undefined;
}

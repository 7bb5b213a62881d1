/** What AWS charges for depends on what happens in a month. This is what is assumed to. */

/** AWS's own month: 365 days by 24 hours by 12. */
export const HOURS = 730;

/** Times a host asks for an object that it watches. */
export const POLLS = HOURS * 60;

/** Part of the price on demand that spot instances save. */
export const SPOT_DISCOUNT = 0.6;

/** GiB of Debian's own images, which a root volume has unless it is given a size. */
export const IMAGE_VOLUME = 8;

/** Load balancer capacity units in use. */
export const CAPACITY_UNITS = 1;

/** Releases of each package. */
export const RELEASES = 20;

/** GB of a package. */
export const PACKAGE_SIZE = 0.05;

/** Requests of one release: of each host that installs it, and of the one that publishes. */
export const RELEASE_REQUESTS = { hostReads: 10, hostWrites: 6, publisherWrites: 100 };

/** Times a host reads the settings of a package, which decrypts them: once they change, and when it boots. */
export const SETTINGS_READS = 50;

/** Events of one host, each of which is published to the topic and invokes each function. */
export const HOST_EVENTS = 100;

/** Invocations of the function that looks every five minutes which alarms are on; changes of alarms are few beside. */
export const ALARM_LOOKS = (HOURS * 60) / 5;
/** And of the one that looks every hour what ends soon. */
export const ENDING_LOOKS = HOURS;

/** What one invocation takes: seconds at the function's memory, and GB of log. */
export const INVOCATION = { seconds: 1, log: 0.000002 };

/** GB of logs of one host with `towline:audit`: of its flows as they are delivered; of each object that it polls, as the bucket logs it. */
export const FLOW_LOG = 0.5;
export const POLLED_OBJECT_LOG = 0.03;

/** Requests to a queue, which holds nothing unless something fails. */
export const QUEUE_REQUESTS = 1000;

/** Seconds between two lookups of a name by a host that uses it: as long as an answer may be kept. */
export const LOOKUP_INTERVAL = 5;

/** The same for whoever reads a bill. */
export function assumptions(): readonly string[] {
  return [
    `A month has ${HOURS} hours. All groups are at size.min all month, or all at size.max; nothing is being replaced.`,
    "Not included: traffic (to the internet, between zones, through NAT gateways), CPU credits of burstable instances, " +
      "snapshots, key rotations, taxes. Free tiers and savings plans are not counted either.",
    `Spot instances cost ${percent(SPOT_DISCOUNT)} less than on demand. Groups with other instance types get their first.`,
    `A root volume without a size of its own has the ${IMAGE_VOLUME} GiB of Debian's image. Waiting hosts of a warm pool cost their volume.`,
    `The load balancer uses ${CAPACITY_UNITS} capacity unit. A public IPv4 address is one for each of its zones, of each NAT gateway, and each elastic IP.`,
    `A host polls every minute: its InRelease, its channel's, its group's control.json and policy.json, and the settings of each package. "Not modified" is charged like any GET.`,
    `Each app package (the agent is not counted) has ${RELEASES} releases of ${PACKAGE_SIZE * 1000} MB; installing one takes a host ${RELEASE_REQUESTS.hostReads} reads and ` +
      `${RELEASE_REQUESTS.hostWrites} writes, publishing it ${RELEASE_REQUESTS.publisherWrites} writes. Dropped ones stay for the bucket's 30 days.`,
    `A host reads each package's settings ${SETTINGS_READS} times: at boots and changes. A poll that finds no change decrypts nothing.`,
    `Each host is the cause of ${HOST_EVENTS} events, which invoke each function for ${INVOCATION.seconds} s and leave 2 KB in its log.`,
    `The function that looks what ends soon is invoked ${ENDING_LOOKS} times.`,
    `The function of the rollouts' alarms, where groups watch any, is invoked ${ALARM_LOOKS} times.`,
    `With towline:audit, the flows of a host are ${FLOW_LOG * 1000} MB of logs, and its requests for each object that it polls ${POLLED_OBJECT_LOG * 1000} MB; logs lie for as long ` +
      "as they are kept. Each poll of an app's settings is an event of the trail. Logs of the load balancer's requests are not included, nor is a web ACL of AWS WAF.",
    `A queue for what failed takes ${QUEUE_REQUESTS} requests.`,
    `A host looks up each name that it uses every ${LOOKUP_INTERVAL} s.`,
  ];
}

function percent(part: number): string {
  return `${Math.round(part * 100)} %`;
}

import { firewall, tags } from "./resources";
import { type Given, violations } from "./violations";

function found(range: string): string[] {
  return [
    `no-open-ssh it: Port 22 should be open to ranges of /8 and narrower, or to nobody and sessions go by SSM, but is open to ${range}.`,
  ];
}

function rule(type: string, inputs: Given["inputs"]): Given {
  return { type, inputs };
}

const WORLD = ["0.0.0.0/0"];
const PORT = { fromPort: 22, toPort: 22 };

describe("SSH for the whole world", () => {
  it.each<[string, Given]>([
    ["among other ports and ranges", firewall({ fromPort: 20, toPort: 30, cidrBlocks: ["10.0.0.0/8", "0.0.0.0/0"] })],
    ["by any protocol", firewall({ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: WORLD })],
    ["by any protocol, in a word", firewall({ protocol: "all", fromPort: 0, toPort: 0, cidrBlocks: WORLD })],
    ["by TCP's number", firewall({ protocol: "6", ...PORT, cidrBlocks: WORLD })],
    ["by TCP in capitals", firewall({ protocol: "TCP", ...PORT, cidrBlocks: WORLD })],
    [
      "by a rule of its own",
      rule("aws:ec2/securityGroupRule:SecurityGroupRule", { type: "ingress", protocol: 6, ...PORT, cidrBlocks: WORLD }),
    ],
    [
      "by an ingress rule",
      rule("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", {
        ipProtocol: "6",
        ...PORT,
        cidrIpv4: "0.0.0.0/0",
        tags,
      }),
    ],
  ])("is refused: %s", async (_, opened) => {
    expect(await violations([opened])).toEqual(found("0.0.0.0/0"));
  });

  it.each([
    ["::/0", { ipv6CidrBlocks: ["::/0"] }],
    ["2000::/3", { ipv6CidrBlocks: ["2000::/3"] }],
    ["0.0.0.0/1 and 128.0.0.0/1", { cidrBlocks: ["0.0.0.0/1", "128.0.0.0/1"] }],
    ["8.0.0.0/7", { cidrBlocks: ["10.0.0.0/8", "8.0.0.0/7"] }],
  ])("is refused in ranges that come to it: %s", async (range, opening) => {
    expect(await violations([firewall({ ...PORT, ...opening })])).toEqual(found(range));
  });

  it.each<[string, object]>([
    ["another port", { fromPort: 443, toPort: 443, cidrBlocks: WORLD }],
    ["another protocol", { protocol: "udp", ...PORT, cidrBlocks: WORLD }],
    ["a range of one's own", { ...PORT, cidrBlocks: ["203.0.113.0/24", "10.0.0.0/8"] }],
  ])("is not found in %s", async (_, opening) => {
    expect(await violations([firewall(opening)])).toEqual([]);
  });
});

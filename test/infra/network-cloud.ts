import { type Cloud, offlineCloud } from "../../infra/synth";

export interface FakeSubnet {
  readonly vpcId: string;
  readonly ownerId: string;
  readonly availabilityZone: string;
  readonly cidrBlock: string;
  /** Its route table; without one the VPC's main one is its. */
  readonly table?: string;
}

export interface FakeTable {
  readonly main?: boolean;
  readonly routes: readonly object[];
  /** Endpoint of S3 it leads to. */
  readonly s3?: string;
}

/** What there is in AWS, as far as a stack asks of its network. */
export interface FakeNetwork {
  readonly names: { readonly enableDnsSupport: boolean; readonly enableDnsHostnames: boolean };
  readonly subnets: Readonly<Record<string, FakeSubnet>>;
  readonly tables: Readonly<Record<string, FakeTable>>;
  /** Tags of endpoints. */
  readonly endpoints: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export const VPC = "vpc-0a1b2c3d";
export const OWN = "123456789012";
export const PUBLIC = ["subnet-00000001", "subnet-00000002"];
export const PRIVATE = ["subnet-00000003", "subnet-00000004"];
export const NETWORK = { vpcId: VPC, publicSubnetIds: PUBLIC, privateSubnetIds: PRIVATE };

/** What makes it another account's. */
export const SHARED = { ownerId: "999999999999" };

const subnet = (index: number, zone: string, table?: string): FakeSubnet => ({
  vpcId: VPC,
  ownerId: OWN,
  availabilityZone: `eu-west-1${zone}`,
  cidrBlock: `172.31.${index}.0/24`,
  ...(table && { table }),
});
const toNat = { cidrBlock: "0.0.0.0/0", gatewayId: "", natGatewayId: "nat-1" };
export const toWorld = { cidrBlock: "0.0.0.0/0", gatewayId: "igw-1", natGatewayId: "" };

/** One in which hosts can live. */
export const whole: FakeNetwork = {
  names: { enableDnsSupport: true, enableDnsHostnames: true },
  subnets: {
    "subnet-00000001": subnet(1, "a", "rtb-public"),
    "subnet-00000002": subnet(2, "b", "rtb-public"),
    "subnet-00000003": subnet(3, "a"),
    "subnet-00000004": subnet(4, "b", "rtb-private"),
  },
  tables: {
    "rtb-main": { main: true, routes: [toNat] },
    "rtb-public": { routes: [toWorld] },
    "rtb-private": { routes: [toNat] },
  },
  endpoints: {},
};

interface Filter {
  readonly name: string;
  readonly values: readonly string[];
}

/** Answers as the AWS provider does of such a network. Asked for anything that is not there by its ID, it fails as that does. */
export function cloudWith({ names, subnets, tables, endpoints }: FakeNetwork): Cloud & { readonly asked: string[] } {
  const offline = offlineCloud("eu-west-1");
  const asked: string[] = [];
  const found = <T>(things: Readonly<Record<string, T>>, id: unknown): T => {
    const thing = things[String(id)];
    if (thing === undefined) throw new Error(`no matching thing found: ${id}`);
    return thing;
  };
  const matches =
    ({ name, values: [value = ""] }: Filter) =>
    ([id, { main, s3 }]: [string, FakeTable]): boolean => {
      if (name === "association.subnet-id") return subnets[value]?.table === id;
      if (name === "association.main") return main === true;
      if (name === "route.destination-prefix-list-id") return s3 !== undefined && value === "pl-s3";
      throw new Error(`EC2 knows no filter ${name}`);
    };
  const answers: Readonly<Record<string, (args: Readonly<Record<string, unknown>>) => object>> = {
    getSubnets: ({ filters }) => {
      const [{ name, values }] = filters as [Filter];
      if (name !== "subnet-id") throw new Error(`not expected: ${name}`);
      return { ids: values.filter((id) => subnets[id] !== undefined) };
    },
    getSubnet: ({ id }) => found(subnets, id),
    getVpc: () => names,
    getRouteTables: ({ vpcId, filters }) => {
      if (vpcId !== VPC) throw new Error(`not expected: ${vpcId}`);
      return {
        ids: Object.entries(tables)
          .filter(matches((filters as [Filter])[0]))
          .map(([id]) => id),
      };
    },
    getRouteTable: ({ routeTableId }) => found(tables, routeTableId),
    getPrefixList: ({ name }) => ({ id: name === "com.amazonaws.eu-west-1.s3" ? "pl-s3" : "" }),
    getVpcEndpoint: () => {
      const [[id, tags] = [undefined, undefined], ...others] = Object.entries(endpoints);
      if (id === undefined || others.length > 0) throw new Error("not exactly one endpoint matches");
      return { id, tags };
    },
  };
  return {
    asked,
    create: (registration) => offline.create(registration),
    invoke: async (call) => {
      const name = /^aws:ec2\/(\w+):/.exec(call.token)?.[1] ?? "";
      const answer = answers[name];
      if (answer === undefined) return offline.invoke(call);
      asked.push(name);
      return answer(call.args);
    },
  };
}

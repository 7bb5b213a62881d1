import type { Cloud } from "./follow";
import type { GroupInstance, Host } from "./plan";

/** Asks AWS. The SDK is part of Lambda's runtime and loaded with the first event. */
export async function awsCloud(): Promise<Cloud> {
  const { AutoScalingClient, DescribeAutoScalingInstancesCommand, paginateDescribeAutoScalingGroups } = await import(
    "@aws-sdk/client-auto-scaling"
  );
  const { EC2Client, paginateDescribeInstances } = await import("@aws-sdk/client-ec2");
  const discovery = await import("@aws-sdk/client-servicediscovery");
  const autoScaling = new AutoScalingClient({});
  const ec2 = new EC2Client({});
  const cloudMap = new discovery.ServiceDiscoveryClient({});
  return {
    async groupOf(instance) {
      const command = new DescribeAutoScalingInstancesCommand({ InstanceIds: [instance] });
      return (await autoScaling.send(command)).AutoScalingInstances?.[0]?.AutoScalingGroupName;
    },
    async instancesOf(group) {
      const found: GroupInstance[] = [];
      const pages = paginateDescribeAutoScalingGroups({ client: autoScaling }, { AutoScalingGroupNames: [group] });
      for await (const { AutoScalingGroups: groups = [] } of pages) {
        for (const { InstanceId: id = "", LifecycleState: state = "" } of groups[0]?.Instances ?? []) {
          found.push({ id, state });
        }
      }
      return found;
    },
    async addressesOf(instances) {
      // A filter, unlike a list of ids, takes no offence at an instance that is gone.
      const Filters = [{ Name: "instance-id", Values: [...instances] }];
      const found: Host[] = [];
      for await (const { Reservations: reservations = [] } of paginateDescribeInstances({ client: ec2 }, { Filters })) {
        for (const { InstanceId: id = "", PrivateIpAddress: address } of reservations.flatMap(
          (each) => each.Instances ?? [],
        )) {
          if (address !== undefined) found.push({ id, address });
        }
      }
      return found;
    },
    async registered(service) {
      const found: Host[] = [];
      for await (const page of discovery.paginateListInstances({ client: cloudMap }, { ServiceId: service })) {
        for (const { Id: id = "", Attributes: attributes } of page.Instances ?? []) {
          found.push({ id, address: attributes?.AWS_INSTANCE_IPV4 ?? "" });
        }
      }
      return found;
    },
    async register(service, { id, address }) {
      const Attributes = { AWS_INSTANCE_IPV4: address };
      await cloudMap.send(new discovery.RegisterInstanceCommand({ ServiceId: service, InstanceId: id, Attributes }));
    },
    async deregister(service, instance) {
      try {
        await cloudMap.send(new discovery.DeregisterInstanceCommand({ ServiceId: service, InstanceId: instance }));
      } catch (error) {
        // Another event was faster.
        if (!(error instanceof discovery.InstanceNotFound)) throw error;
      }
    },
  };
}

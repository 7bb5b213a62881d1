import { explained } from "../aws";

/** Has Auto Scaling replace a host, which leaves by its termination hook as on any other end. */
export async function replaceHost(region: string, instance: string): Promise<void> {
  const { AutoScalingClient, SetInstanceHealthCommand } = await import("@aws-sdk/client-auto-scaling");
  const client = new AutoScalingClient({ region });
  const command = new SetInstanceHealthCommand({
    InstanceId: instance,
    HealthStatus: "Unhealthy",
    ShouldRespectGracePeriod: false,
  });
  await explained(`have Auto Scaling replace ${instance}`, () => client.send(command));
}

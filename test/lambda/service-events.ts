/** One documented event of each service, with made-up names; the shapes are those of AWS's user guides. */

const ACCOUNT = "210987654321";
const REGION = "eu-central-1";

/** @returns the ARN of a resource: `arn("ec2", "instance/i-0aa")` */
export const arn = (service: string, resource: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;

/** @returns an event as EventBridge wraps it */
export function bridged(source: string, kind: string, detail: object, resources: readonly string[] = []) {
  return {
    version: "0",
    id: "0b7f3c52-1111-4222-8333-444455556666",
    "detail-type": kind,
    source: `aws.${source}`,
    account: ACCOUNT,
    time: "2026-03-04T05:06:07Z",
    region: REGION,
    resources,
    detail,
  };
}

const health = (code: string, category: string, detail: object = {}) =>
  bridged("health", "AWS Health Event", {
    eventArn: arn("health", `event/EC2/${code}/0feed`),
    service: "EC2",
    eventTypeCode: code,
    eventTypeCategory: category,
    eventScopeCode: "ACCOUNT_SPECIFIC",
    startTime: "Sat, 7 Mar 2026 05:00:00 GMT",
    statusCode: "open",
    eventRegion: REGION,
    eventDescription: [
      { language: "de_DE", latestDescription: "Eine Platte ist langsam." },
      { language: "en_US", latestDescription: "A drive of the instance answers slowly." },
    ],
    affectedEntities: [{ entityValue: "i-0aa" }],
    ...detail,
  });

const pipeline = (level: string, detail: object) =>
  bridged("codepipeline", `CodePipeline ${level} Execution State Change`, {
    pipeline: "shop",
    "execution-id": "0feed",
    version: 3,
    ...detail,
  });

const task = (detail: object) =>
  bridged("ecs", "ECS Task State Change", {
    clusterArn: arn("ecs", "cluster/prod"),
    taskArn: arn("ecs", "task/prod/0feed"),
    group: "service:web",
    desiredStatus: "STOPPED",
    lastStatus: "STOPPED",
    containers: [{ name: "web", exitCode: 0 }],
    ...detail,
  });

const trail = (eventName: string, userIdentity: object, detail: object = {}) =>
  bridged("iam", "AWS API Call via CloudTrail", {
    eventVersion: "1.08",
    userIdentity,
    eventSource: "iam.amazonaws.com",
    eventName,
    sourceIPAddress: "198.51.100.7",
    userAgent: "aws-cli/2",
    requestParameters: { roleName: "web" },
    responseElements: null,
    ...detail,
  });
const ALICE = { type: "AssumedRole", arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Admin/alice`, accountId: ACCOUNT };
const BOB = { type: "IAMUser", arn: `arn:aws:iam::${ACCOUNT}:user/bob`, userName: "bob" };

const signIn = (userIdentity: object, ConsoleLogin: string) =>
  bridged("signin", "AWS Console Sign In via CloudTrail", {
    userIdentity,
    eventSource: "signin.amazonaws.com",
    eventName: "ConsoleLogin",
    sourceIPAddress: "198.51.100.7",
    responseElements: { ConsoleLogin },
    additionalEventData: { MFAUsed: "No" },
  });

const guardDuty = (severity: number) =>
  bridged("guardduty", "GuardDuty Finding", {
    schemaVersion: "2.0",
    type: "UnauthorizedAccess:EC2/SSHBruteForce",
    title: "198.51.100.7 tries passwords on an instance.",
    description: "Many failed sign-ins over SSH.",
    severity,
    resource: { resourceType: "Instance", instanceDetails: { instanceId: "i-0aa", instanceState: "running" } },
    service: { serviceName: "guardduty", count: 12 },
  });

const budget = (kind: string, amount: string, threshold: string) =>
  [
    "AWS Budget Notification March 04, 2026",
    `AWS Account ${ACCOUNT}`,
    "",
    "Dear AWS Customer,",
    "",
    `You asked to hear when the ${kind} Cost of your team budget goes beyond ${threshold}.`,
    "",
    "Budget Name: team",
    "Budget Type: Cost",
    "Budgeted Amount: $100.00",
    `Alert Type: ${kind}`,
    `Alert Threshold: > ${threshold}`,
    `${kind} Amount: ${amount}`,
    "",
    "[1] https://console.example.com/billing",
    "",
  ].join("\n");

/** An event, its subject where it comes over SNS, and what becomes of it. */
export type ServiceEvent = readonly [severity: string, story: string, message: unknown, subject?: string];

const DISK = "EC2 instance store drive performance degraded";

export const SERVICE_EVENTS: readonly ServiceEvent[] = [
  // AWS Health
  [
    "warning",
    `AWS Health: ${DISK} on i-0aa: A drive of the instance answers slowly.`,
    health("AWS_EC2_INSTANCE_STORE_DRIVE_PERFORMANCE_DEGRADED", "issue"),
  ],
  [
    "good",
    `AWS Health: ${DISK} on i-0aa, over: A drive of the instance answers slowly.`,
    health("AWS_EC2_INSTANCE_STORE_DRIVE_PERFORMANCE_DEGRADED", "issue", { statusCode: "closed" }),
  ],
  [
    "warning",
    "AWS Health: EC2 instance retirement scheduled on i-0aa, i-0bb and 2 more, from Sat, 7 Mar 2026 05:00 GMT: A drive of the instance answers slowly.",
    health("AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED", "scheduledChange", {
      affectedEntities: ["i-0aa", "i-0bb", "i-0cc", "i-0dd"].map((entityValue) => ({ entityValue })),
    }),
  ],
  [
    "warning",
    "AWS Health: EC2 operational issue in eu-central-1: Launches may fail.",
    health("AWS_EC2_OPERATIONAL_ISSUE", "issue", {
      affectedEntities: [],
      eventDescription: [{ language: "en_US", latestDescription: "Launches may fail." }],
    }),
  ],
  [
    "danger",
    "AWS Health: abuse dos report on instance/i-0aa",
    {
      ...health("AWS_ABUSE_DOS_REPORT", "issue", {
        eventDescription: undefined,
        affectedEntities: [{ entityValue: arn("ec2", "instance/i-0aa") }],
      }),
      "detail-type": "AWS Health Abuse Event",
    },
  ],
  // RDS and others whose subject is always the same
  [
    "info",
    "RDS orders: DB instance restarted",
    {
      "Event Source": "db-instance",
      "Event Time": "2026-03-04 05:06:07.000",
      "Identifier Link": "https://console.example.com/rds#dbinstance:id=orders",
      "Source ID": "orders",
      "Source ARN": arn("rds", "db:orders"),
      "Event ID": "http://docs.example.com/USER_Events.Messages.html#RDS-EVENT-0006",
      "Event Message": "DB instance restarted",
    },
    "RDS Notification Message",
  ],
  [
    "warning",
    "RDS: The free storage capacity for DB instance orders is low at 5% of the provisioned storage.",
    {
      "Event Source": "db-instance",
      "Source ID": "orders",
      "Event Message": "The free storage capacity for DB instance orders is low at 5% of the provisioned storage.",
    },
    "RDS Notification Message",
  ],
  [
    "warning",
    "RDS DB Instance orders: A Multi-AZ failover has started",
    bridged(
      "rds",
      "RDS DB Instance Event",
      {
        EventCategories: ["failover"],
        SourceType: "DB_INSTANCE",
        SourceArn: arn("rds", "db:orders"),
        Date: "2026-03-04T05:06:07Z",
        Message: "A Multi-AZ failover has started",
        SourceIdentifier: "orders",
        EventID: "RDS-EVENT-0013",
      },
      [arn("rds", "db:orders")],
    ),
  ],
  [
    "warning",
    "DMS move: Replication task has failed.",
    { "Event Source": "replication-task", SourceId: "move", "Event Message": "Replication task has failed." },
    "DMS Notification Message",
  ],
  [
    "warning",
    "AWS CloudFormation web: CREATE_FAILED: The queue exists",
    `StackId='${arn("cloudformation", "stack/web/0feed")}'\nTimestamp='2026-03-04T05:06:07Z'\nLogicalResourceId='Queue'\nResourceStatus='CREATE_FAILED'\nResourceStatusReason='The queue exists'\nStackName='web'\n`,
    "AWS CloudFormation Notification",
  ],
  [
    "warning",
    "AWS Elastic Beanstalk Notification shop-prod: Environment health has transitioned from Ok to Degraded. Half of the requests fail.",
    "Timestamp: Wed Mar 04 05:06:07 UTC 2026\nMessage: Environment health has transitioned from Ok to Degraded. Half of the requests fail.\n\nEnvironment: shop-prod\nApplication: shop\n",
    "AWS Elastic Beanstalk Notification - Environment health has transitioned from Ok to Degraded. Ha...",
  ],
  [
    "good",
    "AWS Elastic Beanstalk shop-prod: Environment health has transitioned from Degraded to Ok.",
    "Timestamp: Wed Mar 04 05:06:07 UTC 2026\nMessage: Environment health has transitioned from Degraded to Ok.\nEnvironment: shop-prod\n",
    "AWS Elastic Beanstalk Notification",
  ],
  // EC2
  [
    "good",
    "EC2 instance i-0aa is running.",
    bridged("ec2", "EC2 Instance State-change Notification", { "instance-id": "i-0aa", state: "running" }),
  ],
  [
    "warning",
    "EC2 instance i-0aa is stopped.",
    bridged("ec2", "EC2 Instance State-change Notification", { "instance-id": "i-0aa", state: "stopped" }),
  ],
  [
    "info",
    "EC2 instance i-0aa is terminated.",
    bridged("ec2", "EC2 Instance State-change Notification", { "instance-id": "i-0aa", state: "terminated" }),
  ],
  [
    "warning",
    "EC2 expects to take i-0aa back soon and recommends to replace it.",
    bridged("ec2", "EC2 Instance Rebalance Recommendation", { "instance-id": "i-0aa" }, [arn("ec2", "instance/i-0aa")]),
  ],
  [
    "warning",
    "EBS Volume volume/vol-0aa: failed: key/0feed is disabled.",
    bridged(
      "ec2",
      "EBS Volume Notification",
      { result: "failed", cause: `${arn("kms", "key/0feed")} is disabled.`, event: "createVolume" },
      [arn("ec2", "volume/vol-0aa")],
    ),
  ],
  // CodePipeline
  ["info", "CodePipeline shop: STARTED.", pipeline("Pipeline", { state: "STARTED" })],
  ["good", "CodePipeline shop, stage Deploy: SUCCEEDED.", pipeline("Stage", { stage: "Deploy", state: "SUCCEEDED" })],
  [
    "warning",
    "CodePipeline shop, stage Deploy, action ToProd: FAILED: Deployment d-1 failed.",
    pipeline("Action", {
      stage: "Deploy",
      action: "ToProd",
      state: "FAILED",
      type: { owner: "AWS", provider: "CodeDeploy", category: "Deploy", version: "1" },
      "execution-result": { "external-execution-summary": "Deployment d-1 failed", "error-code": "JobFailed" },
    }),
  ],
  [
    "warning",
    "CodePipeline shop, stage Approve, action Boss waits for an approval: Look at staging.",
    {
      region: REGION,
      consoleLink: "https://console.example.com/codepipeline/shop",
      approval: {
        pipelineName: "shop",
        stageName: "Approve",
        actionName: "Boss",
        token: "0feed",
        customData: "Look at staging",
      },
    },
    "APPROVAL NEEDED: AWS CodePipeline shop for action Boss",
  ],
  // Backup
  [
    "warning",
    "Backup Job db:orders: FAILED: The window was too short",
    bridged("backup", "Backup Job State Change", {
      backupJobId: "0FEED",
      backupVaultName: "nightly",
      resourceArn: arn("rds", "db:orders"),
      resourceType: "RDS",
      state: "FAILED",
      statusMessage: "The window was too short",
      percentDone: 0,
    }),
  ],
  [
    "warning",
    "AWS Backup: An AWS Backup job failed. Resource ARN : volume/vol-0aa. BackupJob ID : 0feed",
    `An AWS Backup job failed. Resource ARN : ${arn("ec2", "volume/vol-0aa")}. BackupJob ID : 0feed`,
    "Notification from AWS Backup",
  ],
  // GuardDuty and others that find something
  ["danger", "GuardDuty, severity 9 (critical): 198.51.100.7 tries passwords on an instance (i-0aa).", guardDuty(9)],
  ["danger", "GuardDuty, severity 8 (high): 198.51.100.7 tries passwords on an instance (i-0aa).", guardDuty(8)],
  ["warning", "GuardDuty, severity 5 (medium): 198.51.100.7 tries passwords on an instance (i-0aa).", guardDuty(5)],
  ["info", "GuardDuty, severity 2 (low): 198.51.100.7 tries passwords on an instance (i-0aa).", guardDuty(2)],
  [
    "warning",
    "GuardDuty Malware Protection Object Scan Result uploads: THREATS_FOUND",
    bridged("guardduty", "GuardDuty Malware Protection Object Scan Result", {
      scanStatus: "COMPLETED",
      resourceType: "S3_OBJECT",
      s3ObjectDetails: { bucketName: "uploads", objectKey: "a.zip" },
      scanResultDetails: { scanResultStatus: "THREATS_FOUND" },
    }),
  ],
  [
    "danger",
    "Security Hub, severity high: Buckets should not be public (logs) and 1 more.",
    bridged("securityhub", "Security Hub Findings - Imported", {
      findings: [
        {
          Title: "Buckets should not be public",
          Severity: { Label: "HIGH", Normalized: 70 },
          Compliance: { Status: "FAILED" },
          Resources: [{ Type: "AwsS3Bucket", Id: "arn:aws:s3:::logs" }],
          Workflow: { Status: "NEW" },
        },
        {},
      ],
    }),
  ],
  [
    "good",
    "Security Hub, severity medium, no longer: Buckets should not be public (logs).",
    bridged("securityhub", "Security Hub Findings - Imported", {
      findings: [
        {
          Title: "Buckets should not be public",
          Severity: { Label: "MEDIUM" },
          Compliance: { Status: "PASSED" },
          Resources: [{ Id: "arn:aws:s3:::logs" }],
        },
      ],
    }),
  ],
  [
    "danger",
    "Inspector, severity critical: CVE-2026-0001 in openssl (i-0aa).",
    bridged("inspector2", "Inspector2 Finding", {
      title: "CVE-2026-0001 in openssl",
      severity: "CRITICAL",
      status: "ACTIVE",
      resources: [{ id: "i-0aa" }],
    }),
  ],
  // CloudTrail
  ["info", "bob called iam: ListRoles.", trail("ListRoles", BOB, { requestParameters: null })],
  ["warning", "alice (role Admin) called iam: DeleteRolePolicy on web.", trail("DeleteRolePolicy", ALICE)],
  [
    "warning",
    "alice (role Admin)'s call of iam: CreateRole on web was refused: AccessDenied: no right to do so.",
    trail("CreateRole", ALICE, {
      errorCode: "AccessDenied",
      errorMessage: `no right to do so. Encoded authorization failure message: ${"qM8Q".repeat(300)}`,
    }),
  ],
  [
    "warning",
    "root signed in to the console without MFA from 198.51.100.7.",
    signIn({ type: "Root", arn: `arn:aws:iam::${ACCOUNT}:root` }, "Success"),
  ],
  ["warning", "bob could not sign in to the console without MFA from 198.51.100.7.", signIn(BOB, "Failure")],
  // Budgets
  [
    "warning",
    "Budget team: actual cost $85.12 of $100.00, alert above $80.00.",
    budget("ACTUAL", "$85.12", "$80.00"),
    "AWS Budgets: team has exceeded your alert threshold",
  ],
  [
    "danger",
    "Budget team: actual cost $1,185.12 of $100.00, alert above $100.00.",
    budget("Actual", "$1,185.12", "$100.00"),
    "AWS Budgets: team has exceeded your alert threshold",
  ],
  [
    "warning",
    "Budget team: forecasted cost $120.00 of $100.00, alert above $100.00.",
    budget("FORECASTED", "$120.00", "$100.00"),
    "AWS Budgets: team is forecasted to exceed your alert threshold",
  ],
  // Trusted Advisor
  [
    "warning",
    "Trusted Advisor Check Item Refresh instance/i-0aa: WARN: Idle Instances",
    bridged("trustedadvisor", "Trusted Advisor Check Item Refresh Notification", {
      "check-name": "Idle Instances",
      "check-item-detail": { "Instance ID": "i-0aa", Status: "Yellow", "Day 1": "0.1%" },
      status: "WARN",
      resource_id: arn("ec2", "instance/i-0aa"),
      uuid: "0feed",
    }),
  ],
  // ECS
  ["good", "ECS task of web in prod is RUNNING.", task({ lastStatus: "RUNNING", desiredStatus: "RUNNING" })],
  [
    "info",
    "ECS task of web in prod is STOPPED: Scaled in.",
    task({ stopCode: "ServiceSchedulerInitiated", stoppedReason: "Scaled in." }),
  ],
  [
    "warning",
    "ECS task of web in prod is STOPPED: Essential container in task exited; web exited with 137 (out of memory).",
    task({
      stopCode: "EssentialContainerExited",
      stoppedReason: "Essential container in task exited",
      containers: [
        { name: "web", exitCode: 137, reason: "out of memory" },
        { name: "log", exitCode: 0 },
      ],
    }),
  ],
  [
    "warning",
    "ECS Deployment service/prod/web: SERVICE_DEPLOYMENT_FAILED: The circuit breaker was thrown.",
    bridged(
      "ecs",
      "ECS Deployment State Change",
      {
        eventType: "ERROR",
        eventName: "SERVICE_DEPLOYMENT_FAILED",
        deploymentId: "ecs-svc/1",
        reason: "The circuit breaker was thrown.",
      },
      [arn("ecs", "service/prod/web")],
    ),
  ],
  [
    "info",
    "ECS Service Action service/prod/web: SERVICE_DESIRED_COUNT_UPDATED",
    bridged(
      "ecs",
      "ECS Service Action",
      { eventType: "INFO", eventName: "SERVICE_DESIRED_COUNT_UPDATED", clusterArn: arn("ecs", "cluster/prod") },
      [arn("ecs", "service/prod/web")],
    ),
  ],
  // ACM
  [
    "warning",
    "ACM certificate www.example.com expires in 31 days.",
    bridged("acm", "ACM Certificate Approaching Expiration", { DaysToExpiry: 31, CommonName: "www.example.com" }, [
      arn("acm", "certificate/0feed"),
    ]),
  ],
  [
    "danger",
    "ACM certificate www.example.com expires in 1 day.",
    bridged("acm", "ACM Certificate Approaching Expiration", { DaysToExpiry: 1, CommonName: "www.example.com" }),
  ],
  [
    "danger",
    "ACM certificate certificate/0feed has expired.",
    bridged("acm", "ACM Certificate Expired", { CertificateType: "IMPORTED" }, [arn("acm", "certificate/0feed")]),
  ],
  [
    "warning",
    "ACM Certificate Renewal Action Required www.example.com: CAA_ERROR",
    bridged("acm", "ACM Certificate Renewal Action Required", {
      CommonName: "www.example.com",
      RenewalStatusReason: "CAA_ERROR",
    }),
  ],
  // Services that nobody here has asked for
  [
    "warning",
    "CodeBuild Build web: FAILED",
    bridged("codebuild", "CodeBuild Build State Change", {
      "build-status": "FAILED",
      "project-name": "web",
      "build-id": arn("codebuild", "build/web:1"),
    }),
  ],
  [
    "warning",
    "Step Functions Execution stateMachine:nightly: TIMED_OUT",
    bridged("states", "Step Functions Execution Status Change", {
      executionArn: arn("states", "execution:nightly:1"),
      stateMachineArn: arn("states", "stateMachine:nightly"),
      name: "1",
      status: "TIMED_OUT",
    }),
  ],
  [
    "warning",
    "Config Rules Compliance Change sg-0aa: NON_COMPLIANT: restricted-ssh",
    bridged("config", "Config Rules Compliance Change", {
      resourceId: "sg-0aa",
      configRuleName: "restricted-ssh",
      messageType: "ComplianceChangeNotification",
      newEvaluationResult: { complianceType: "NON_COMPLIANT" },
      oldEvaluationResult: { complianceType: "COMPLIANT" },
    }),
  ],
  [
    "warning",
    "Glue Job nightly: TIMEOUT: Job run timed out",
    bridged("glue", "Glue Job State Change", {
      jobName: "nightly",
      severity: "WARN",
      state: "TIMEOUT",
      message: "Job run timed out",
    }),
  ],
  [
    "warning",
    "Configuration Compliance i-0aa: non_compliant",
    bridged("ssm", "Configuration Compliance State Change", {
      "resource-id": "i-0aa",
      "compliance-status": "non_compliant",
      "compliance-type": "Patch",
    }),
  ],
  [
    "info",
    "Parameter Store Change foo: Update",
    bridged("ssm", "Parameter Store Change", { operation: "Update", name: "foo" }),
  ],
  [
    "danger",
    "ECR Image Scan shop: 10 critical, 9 medium",
    bridged("ecr", "ECR Image Scan", {
      "scan-status": "COMPLETE",
      "repository-name": "shop",
      "finding-severity-counts": { MEDIUM: 9, CRITICAL: 10 },
      "image-tags": [],
    }),
  ],
  [
    "good",
    "ECR Image Scan shop: COMPLETE",
    bridged("ecr", "ECR Image Scan", {
      "scan-status": "COMPLETE",
      "repository-name": "shop",
      "finding-severity-counts": { CRITICAL: 0 },
    }),
  ],
  [
    "warning",
    "CodeBuild Build shop: FAILED: COMMAND_EXECUTION_ERROR: exit status 1",
    bridged("codebuild", "CodeBuild Build State Change", {
      "build-status": "FAILED",
      "project-name": "shop",
      "current-phase-context": "[: ]",
      "additional-information": {
        phases: [
          { "phase-type": "INSTALL", "phase-context": [": "] },
          { "phase-type": "BUILD", "phase-context": ["COMMAND_EXECUTION_ERROR: exit status 1"] },
        ],
      },
    }),
  ],
  [
    "info",
    "DMS Replication Task task:0FEED: Stop Reason FULL_LOAD_ONLY_FINISHED",
    bridged(
      "dms",
      "DMS Replication Task State Change",
      { eventType: "REPLICATION_TASK_STOPPED", detailMessage: "Stop Reason FULL_LOAD_ONLY_FINISHED" },
      [arn("dms", "task:0FEED")],
    ),
  ],
  [
    "warning",
    "Bounce ada@example.com: smtp; 550 5.1.1 user unknown",
    {
      notificationType: "Bounce",
      bounce: {
        bounceType: "Permanent",
        bouncedRecipients: [{ emailAddress: "ada@example.com", diagnosticCode: "smtp; 550 5.1.1 user unknown" }],
      },
      mail: { source: "shop@example.com" },
    },
  ],
  [
    "warning",
    "function:worker: RetriesExhausted: Process exited before completing request",
    {
      requestContext: { functionArn: arn("lambda", "function:worker"), condition: "RetriesExhausted" },
      responsePayload: { errorMessage: "Process exited before completing request" },
    },
  ],
  [
    "danger",
    "Macie, severity high: The object contains financial data (invoices).",
    bridged("macie", "Macie Finding", {
      severity: { score: 3, description: "High" },
      title: "The object contains financial data",
      resourcesAffected: { s3Bucket: { name: "invoices", owner: { displayName: "ada" } } },
    }),
  ],
  [
    "warning",
    "Cost Anomaly daily: accountName: prod, totalImpact: 1200.5",
    bridged("ce", "Cost Anomaly", { subscriptionName: "daily", accountName: "prod", impact: { totalImpact: 1200.5 } }),
  ],
  ["info", "Scheduled Event rule/nightly", bridged("events", "Scheduled Event", {}, [arn("events", "rule/nightly")])],
  ["info", "Tea: kettle: on, cups: 3", { kettle: "on", cups: 3, milk: null }, "Tea"],
  ["warning", "disk / is full on web-1", "disk / is full on web-1"],
];

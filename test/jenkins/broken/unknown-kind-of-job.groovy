pipelineJobs('promote') { // refused: "pipelineJobs" cannot stand outside of any block; what can is multibranchPipelineJob, pipelineJob
  description('promotes')
}

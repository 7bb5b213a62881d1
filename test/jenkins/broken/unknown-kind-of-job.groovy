pipelineJobs('promote') { // refused: "pipelineJobs" cannot stand outside of any block; what can is folder, multibranchPipelineJob, pipelineJob
  description('promotes')
}

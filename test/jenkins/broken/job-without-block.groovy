pipelineJob('promote') // refused: "pipelineJob" needs a block

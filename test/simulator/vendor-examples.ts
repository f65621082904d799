/** The example answers of the five vendor pages, as printed there. */
export const vendorExamples = {
  batchReset: { job_id: 'f234a869-f8ee-4b51-8255-3cbede368aba' },
  batchMigrate: { job_id: '66798666-6778-443f-9f8a-56c9ea6d719c' },
  batchUpdate: { successNodeNames: [{ name: 'os-node-created-xzz78', status: 'success' }] },
  updateNodePool: {
    spec: {
      resources: {
        nodePool: 'modelarts.vm.2u4g.dcc-Default',
        flavor: 'modelarts.vm.2u4g.dcc',
        count: 1,
        maxCount: 1,
        network: {
          vpc: '277e9abc-0e6b-431a-9232-cfd25d5fc566',
          subnet: '03796378-c356-4c14-826b-e4913aa9c8b9',
          securityGroups: ['0a15b48d-06f1-41e4-b782-ade90087bf59'],
        },
      },
    },
  },
  nodePool: {
    kind: 'NodePool',
    apiVersion: 'v2',
    metadata: { name: 'nodepool-1' },
    spec: {
      resources: {
        nodePool: 'nodepool-1',
        flavor: 'modelarts.vm.2u4g.dcc',
        count: 1,
        maxCount: 1,
        network: {
          vpc: '277e9abc-0e6b-431a-9232-cfd25d5fc566',
          subnet: '03796378-c356-4c14-826b-e4913aa9c8b9',
          securityGroups: ['0a15b48d-06f1-41e4-b782-ade90087bf59'],
        },
      },
    },
    status: {
      resources: {
        available: {
          nodePool: 'nodepool-1',
          flavor: 'modelarts.vm.2u4g.dcc',
          count: 1,
          maxCount: 1,
          azs: [{ az: 'cn-north-7c', count: 1 }],
        },
      },
    },
  },
  poolNotFound: { error_code: 'ModelArts.50015001', error_msg: 'pool not found' },
  badRequest: { error_code: 'ModelArts.50004000', error_msg: 'Bad request.' },
};

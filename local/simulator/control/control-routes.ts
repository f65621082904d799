/*
 * The control routes change the simulated world from outside. They are on the API's port, below `/simulator`, need no
 * signature and answer only on this machine. Bodies are JSON. A mistake in one answers 400 with an { "error" } that names
 * the field, an unknown object 404, a bad moment 409.
 *
 *   GET    /simulator               the true state of everything: settings, pools, nodes, jobs with their true progress,
 *                                   faults in force, and the last 1000 API requests
 *   PATCH  /simulator               { speed, jobDurationSeconds, jobDurationJitter, nodeFailuresPerDay,
 *                                   batchUpdateAnswer, nodeStatusWithout, raisesAlarms, clockDriftSeconds }: any of them
 *   POST   /simulator/nodes/{name}  { phase, driverPhase, driverVersion, os, plugins, staysBroken, workload,
 *                                   workloadType, workloadStatus, haRedundant, privateIp }: any of them; workload is
 *                                   its name, or null for none, its type train, infer, notebook or x-infer, its status
 *                                   one of those of the page; plugins are versions by name
 *   POST   /simulator/scheduled-events  { node, type, redeployType }: announces maintenance of a node, in the state
 *                                   inquiring; answers { "id" }. POST …/scheduled-events/{id} { state } changes it
 *   POST   /simulator/jobs/{id}     { suspend: true | false } or { failWith: "message" }
 *   POST   /simulator/faults        one fault (faults/fault.ts), for example
 *                                   { "kind": "throttled", "match": { "endpoint": "batch-reset-nodes" }, "count": 2,
 *                                     "retryAfterSeconds": 3 }; answers { "id" }. `match` says which requests, `count`,
 *                                   `probability` and `lastsSeconds` how often and for how long. An odd answer to a reading:
 *                                   { "kind": "odd-reply", "oddity": "null-items", "match": { "endpoint": "list-nodes" } }
 *   DELETE /simulator/faults        removes all faults; DELETE /simulator/faults/{id} removes one
 *   POST   /simulator/heal          makes every faulty node well; answers { "healed": [names] }
 *   POST   /simulator/reset         restores the start
 *
 * For example, a node whose reset does not help:
 *   curl -X POST $URL/simulator/nodes/os-node-created-lv29s -d '{"phase":"Abnormal","staysBroken":true}'
 */
import { Fault } from '../faults/fault.ts';
import { jsonOf } from '../routes/request-body.ts';
import type { ReceivedRequest } from '../signature.ts';
import {
  checked,
  JobChange,
  NewPlannedEvent,
  NodeChange,
  PlannedEventChange,
  WorldChange,
} from './changes.ts';
import type { SimulatorControl } from './control.ts';
import { ControlError } from './control-error.ts';

interface ControlRoute {
  readonly method: string;
  readonly pattern: RegExp;
  /** `input` is the body's JSON, unchecked; `key` the path's last segment, if the route has one. */
  readonly handle: (control: SimulatorControl, input: unknown, key: string) => object;
}

const routes: readonly ControlRoute[] = [
  { method: 'GET', pattern: /^\/simulator$/, handle: (control) => control.state() },
  {
    method: 'PATCH',
    pattern: /^\/simulator$/,
    handle(control, input) {
      control.change(checked(WorldChange, input));
      return control.state().settings;
    },
  },
  {
    method: 'POST',
    pattern: /^\/simulator\/nodes\/([^/]+)$/,
    handle: (control, input, name) => control.changeNode(name, checked(NodeChange, input)),
  },
  {
    method: 'POST',
    pattern: /^\/simulator\/jobs\/([^/]+)$/,
    handle: (control, input, id) => control.changeJob(id, checked(JobChange, input)),
  },
  {
    method: 'POST',
    pattern: /^\/simulator\/scheduled-events$/,
    handle: (control, input) => ({ id: control.announce(checked(NewPlannedEvent, input)) }),
  },
  {
    method: 'POST',
    pattern: /^\/simulator\/scheduled-events\/([^/]+)$/,
    handle: (control, input, id) => control.changePlannedEvent(id, checked(PlannedEventChange, input)),
  },
  {
    method: 'POST',
    pattern: /^\/simulator\/faults$/,
    handle: (control, input) => ({ id: control.addFault(checked(Fault, input)) }),
  },
  {
    method: 'DELETE',
    pattern: /^\/simulator\/faults(?:\/([^/]+))?$/,
    handle(control, _input, id) {
      control.removeFaults(id === '' ? undefined : id);
      return { faults: control.state().faults };
    },
  },
  {
    method: 'POST',
    pattern: /^\/simulator\/heal$/,
    handle: (control) => ({ healed: control.heal() }),
  },
  {
    method: 'POST',
    pattern: /^\/simulator\/reset$/,
    handle(control) {
      control.reset();
      return {};
    },
  },
];

/** Whether a request is for the control routes rather than for the API. */
export const isControlPath = (target: string): boolean => /^\/simulator(?:[/?]|$)/.test(target);

/** Carries out a control request and returns the body of its 200. Throws a ControlError otherwise. */
export const answerControl = (
  control: SimulatorControl,
  { method, target, body }: ReceivedRequest,
): object => {
  const [path = ''] = target.split('?');
  const input = body.length === 0 ? {} : jsonOf(body);
  if (input === undefined) throw new ControlError(400, 'the body is not JSON');
  for (const route of routes) {
    const match = route.method === method ? route.pattern.exec(path) : null;
    if (match) return route.handle(control, input, match[1] ?? '');
  }
  throw new ControlError(
    404,
    `no control route ${method} ${path}: see GET /simulator and local/simulator/control/control-routes.ts`,
  );
};

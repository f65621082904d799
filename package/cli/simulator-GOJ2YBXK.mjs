import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);
import{g,i as h,j as y,k as b,n as w}from"./chunk-O6UZMWCV.mjs";import{b as s,c}from"./chunk-GHCECWHO.mjs";import{e as m}from"./chunk-W2GGBS23.mjs";import{o as f}from"./chunk-3U5Y6JV5.mjs";import"./chunk-BMJ3EQZJ.mjs";import{a as n}from"./chunk-HA5ADYQI.mjs";function D(e){let t=[""];for(let o of e)`${t.at(-1)} ${o}`.length>76&&t.push(""),t[t.length-1]=`${t.at(-1)} ${o}`.trim();return t.join(`
  `)}n(D,"wrapped");var $=`A fault is a deliberate failure, such as
  slow,delayMs=2000
  throttled,endpoint=batch-reset-nodes,count=2,retryAfterSeconds=3
  lost-answer,endpoint=batch-reset-nodes,count=1
  stays-broken,node=os-node-created-lv29s
  odd-reply,oddity=null-items,endpoint=list-nodes,probability=0.2
  refused,status=403,code=ModelArts.0210,endpoint=list-workloads,count=3
or the same as JSON. endpoint, pool, node and nodePool select requests; count,
probability and lastsSeconds (simulated) limit how often and how long. An oddity
replaces the right answer to a reading:
  ${D([...g,"stale"])}

While it runs, POST to these routes of its address, without a signature:
  /simulator/nodes/<name>
    {"phase":"Abnormal","staysBroken":true}, {"privateIp":"10.0.0.12"},
    {"driverVersion":"23.0","os":"EulerOS 2.9","plugins":{"npu-agent":"7.2"}},
    {"workload":"llm-7","workloadType":"infer","workloadStatus":"Pending"}
    Types are train infer notebook x-infer. Statuses are Queue Pending Abnormal
    Terminating Creating Running Completed Terminated Failed. Nodes with one
    name have the workload together.
  /simulator/faults
    a fault as JSON: {"kind":"odd-reply","oddity":"null-items","count":3}`,P=new Set(["endpoint","pool","node","nodePool"]),K=n(e=>{if(e.startsWith("{"))try{return JSON.parse(e)}catch{throw new l(`--fault ${e}: is not JSON`)}let[t,...o]=e.split(","),i={},r={kind:t,match:i};for(let a of o){let[u="",d]=a.split(/=(.*)/s);if(d===void 0)throw new l(`--fault ${e}: "${a}" is not key=value`);P.has(u)?i[u]=d:r[u]=/^\d+(\.\d+)?$/.test(d)?Number(d):d}return r},"faultOf"),T=n(e=>{let[t,o]=e.split("=");return{name:t,...o!==void 0&&{nodes:Number(o)}}},"poolOf"),S=n((e,t)=>{let o=Number(t);if(t.trim()===""||Number.isNaN(o))throw new l(`--${e} ${t}: is not a number`);return o},"numberOf"),l=class extends Error{static{n(this,"FlagError")}name="FlagError"},C=n(e=>Object.fromEntries(Object.entries(e).filter(([,t])=>t!==void 0)),"given"),O=n(e=>{let t=n((i,r)=>r===void 0?void 0:S(i,r),"number"),o=b.safeParse(C({port:S("port",e.port??"4010"),speed:t("speed",e.speed),nodes:t("nodes",e.nodes),pools:e.pool&&[y,...e.pool.map(T)],seed:e.seed,jobDurationSeconds:t("job-duration",e.jobDuration),jobDurationJitter:t("job-jitter",e.jobJitter),nodeFailuresPerDay:t("node-failures-per-day",e.nodeFailuresPerDay),faults:(e.fault??[]).map(K),batchUpdateAnswer:e.batchUpdateAnswer,nodeStatusWithout:e.nodeStatusWithout?.split(","),accessKey:e.accessKey,secretKey:e.secretKey,projectId:e.projectId}));if(!o.success)throw new l(f(o.error));return o.data},"readFlags");var p=class extends Error{static{n(this,"SimulatorError")}name="SimulatorError"},N=n((e,t)=>e instanceof Error?"code"in e&&e.code==="EADDRINUSE"?`Port ${t} is taken: give another one with --port, or --port 0 for any free one.`:e.message:String(e),"messageOf"),E=n(({url:e,credentials:t,projectId:o,control:i})=>{let{pools:r,settings:a}=i.state(),u=r[0]?.nodes[0]?.name??"";return`ModelArts simulator: ${e} (speed ${a.speed})
${r.map(({name:d,id:k,nodes:A})=>`  pool ${d}: ${k}, ${A.length} nodes`).join(`
`)}

To point a client at it:
  MODELARTS_ENDPOINT=${e}
  HUAWEICLOUD_SDK_AK=${t.accessKey}
  HUAWEICLOUD_SDK_SK=${t.secretKey===h.secretKey?t.secretKey:"(as given)"}
  HUAWEICLOUD_SDK_PROJECT_ID=${o}

To look at it, to break a node, to make the next reset's answer get lost:
  curl ${e}/simulator
  curl -X POST ${e}/simulator/nodes/${u} -d '{"phase":"Abnormal"}'
  curl -X POST ${e}/simulator/faults -d '{"kind":"lost-answer","match":{"endpoint":"batch-reset-nodes"},"count":1}'

Ctrl+C ends it.
`},"greeting");async function j(e,t,o){let i=await w(e).catch(a=>{throw new p(N(a,e.port),{cause:a})});for(let a of E(i).split(`
`))t(a);let r=Promise.withResolvers();o.addEventListener("abort",()=>r.resolve(),{once:!0}),o.aborted||await r.promise,await i.close()}n(j,"runSimulator");async function x(e){await j(O(e),t=>this.screen.line(t),this.stopSignal())}n(x,"run");function B(e){return m({docs:{brief:e,fullDescription:`A simulator of ModelArts on 127.0.0.1: try your rules on it, at any speed and with
any fault.

${$}`},parameters:{flags:{port:s("number","The port; 0: any free one; default 4010"),speed:s("factor","Simulated seconds for each second; default 1"),nodes:s("count","Nodes of each pool; default 8"),pool:c("name[=nodes]","A pool beside train-a, not quarantine; repeatable"),seed:s("text","Same seed: same names, durations and chances"),jobDuration:s("seconds","Median simulated time of a job for a node; 360"),jobJitter:s("sigma","Spread around it, 0: none; default 0.25"),nodeFailuresPerDay:s("rate","How often a well node fails by itself; 0"),fault:c("fault","A deliberate failure, see above; repeatable"),batchUpdateAnswer:s("shape","Lists of batch-update: objects or strings"),nodeStatusWithout:s("parts","Omitted parts: driver, os, plugins; with commas"),accessKey:s("text","The access key of requests"),secretKey:s("text","The secret key of requests"),projectId:s("text","The project of requests")}},func:x})}n(B,"command");export{B as command};

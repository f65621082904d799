import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);
import{a as e}from"./chunk-HA5ADYQI.mjs";import{setTimeout as t}from"node:timers/promises";var s={now:e(()=>Date.now(),"now"),sleep:e((n,o)=>t(n,void 0,{...o&&{signal:o}}),"sleep")};export{s as a};

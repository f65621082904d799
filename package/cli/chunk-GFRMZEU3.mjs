import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);
import{a as o}from"./chunk-HA5ADYQI.mjs";function i(r){let t=new Map(r.map(n=>[n.id,n]));return{nameOf:o((n="")=>t.get(n)?.name??n,"nameOf"),zoneOf(n=""){let e=t.get(n);return e&&"window"in e?e.window.zone:void 0}}}o(i,"poolNames");export{i as a};

import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);
import{a as s}from"./chunk-HA5ADYQI.mjs";var l="0.1.0";function g(o,r){let t=[""];for(let n of o.split(" ")){let e=t.at(-1)??"";e===""?t[t.length-1]=n:e.length+1+n.length<=r?t[t.length-1]=`${e} ${n}`:t.push(n)}return t}s(g,"wrap");export{g as a,l as b};

import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);
import{a as e}from"./chunk-HA5ADYQI.mjs";var n=class extends Error{static{e(this,"TargetError")}name="TargetError"};export{n as a};

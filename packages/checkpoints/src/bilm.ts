export { type BilmFiles, type LoadBilmOptions, loadBilm } from './bilm/load-bilm.ts';
export { type HDF5File, openHDF5 } from './bilm/open-hdf5.ts';
export { writeHDF5 } from './bilm/write-hdf5.ts';

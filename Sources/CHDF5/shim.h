// HDF5 hides its predefined ids behind macros that open the library first; Swift cannot import those,
// and reading the raw globals before H5open() gives -1. Each macro that is needed gets a function here.
#include <hdf5.h>

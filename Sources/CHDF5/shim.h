// HDF5 hides its predefined ids behind macros that open the library first; Swift cannot import those,
// and reading the raw globals before H5open() gives -1. Each macro that is needed gets a function here.
#include <hdf5.h>

// Stored types: little endian whatever the machine.
static inline hid_t h5x_stored_int8(void) { return H5T_STD_I8LE; }
static inline hid_t h5x_stored_int32(void) { return H5T_STD_I32LE; }
static inline hid_t h5x_stored_int64(void) { return H5T_STD_I64LE; }
static inline hid_t h5x_stored_float32(void) { return H5T_IEEE_F32LE; }

// Types in memory.
static inline hid_t h5x_native_int8(void) { return H5T_NATIVE_INT8; }
static inline hid_t h5x_native_int32(void) { return H5T_NATIVE_INT32; }
static inline hid_t h5x_native_int64(void) { return H5T_NATIVE_INT64; }
static inline hid_t h5x_native_float32(void) { return H5T_NATIVE_FLOAT; }

// A copy of the C string type; the caller sets its size and closes it.
static inline hid_t h5x_copy_string_type(void) { return H5Tcopy(H5T_C_S1); }

// Property list classes.
static inline hid_t h5x_create_file_access(void) { return H5Pcreate(H5P_FILE_ACCESS); }
static inline hid_t h5x_create_file_creation(void) { return H5Pcreate(H5P_FILE_CREATE); }
static inline hid_t h5x_create_group_creation(void) { return H5Pcreate(H5P_GROUP_CREATE); }
static inline hid_t h5x_create_dataset_creation(void) { return H5Pcreate(H5P_DATASET_CREATE); }

// Flags that Swift does not import, and calls whose names are versioned macros in later releases.
static inline hid_t h5x_create_file(const char *name, hid_t creation, hid_t access) {
    return H5Fcreate(name, H5F_ACC_TRUNC, creation, access);
}
static inline herr_t h5x_silence(void) { return H5Eset_auto2(H5E_DEFAULT, NULL, NULL); }
static inline herr_t h5x_set_format_1_10(hid_t access) {
    return H5Pset_libver_bounds(access, H5F_LIBVER_V110, H5F_LIBVER_V110);
}

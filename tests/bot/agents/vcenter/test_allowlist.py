"""Nothing but the listed methods leaves the process, whatever the account would be allowed to do."""

from typing import Any

import pytest
from pyVmomi import VmomiSupport, vim, vmodl

from bot.agents.deadline import Deadline
from bot.agents.vcenter.allowlist import ALLOWED, ForbiddenError
from bot.agents.vcenter.stub import Stub
from tests.bot.agents.vcenter.conftest import settings
from tests.fixtures.vcsim import StartHere


def stub(port: int, ca_file: object) -> Stub:
    given = settings(port, str(ca_file))
    return Stub(given, given.tls(), "vim.version.v8_0_1_0", Deadline.after(10))


HARMLESS_NAMES = {
    "refreshing": (
        "Reload RefreshStorageInfo RefreshDatastore RefreshDatastoreStorageInfo RefreshHealthStatusSystem "
        "RefreshRuntime RefreshStorageDrsRecommendation RefreshStorageDrsRecommendationsForPod_Task"
    ),
    "distributed switches": "RectifyDvsHost_Task RectifyDvsOnHost_Task RefreshDVPortState",
    "recommendations": (
        "CancelRecommendation CancelStorageDrsRecommendation ApplyStorageDrsRecommendation_Task "
        "ApplyStorageDrsRecommendationToPod_Task"
    ),
    "hosts and clusters": (
        "ScanHostPatch_Task ScanHostPatchV2_Task ClusterEnterMaintenanceMode PowerOnMultiVM_Task ExecuteHostProfile "
        "CreateDefaultProfile DeleteHostSpecification DeleteHostSubSpecification PerformVsanUpgrade_Task"
    ),
    "virtual disks": (
        "CopyVirtualDisk_Task CreateVirtualDisk_Task DefragmentVirtualDisk_Task DeleteVirtualDisk_Task "
        "EagerZeroVirtualDisk_Task ExtendVirtualDisk_Task ImportUnmanagedSnapshot InflateVirtualDisk_Task "
        "MoveVirtualDisk_Task ReleaseManagedSnapshot SetVirtualDiskUuid ShrinkVirtualDisk_Task ZeroFillVirtualDisk_Task"
    ),
    "disks without a VM": (
        "CloneVStorageObject_Task CreateDisk_Task CreateDiskFromSnapshot_Task DeleteSnapshot_Task "
        "DeleteVStorageObject_Task ExtendDisk_Task InflateDisk_Task RegisterDisk RelocateVStorageObject_Task "
        "RenameVStorageObject RevertVStorageObject_Task SetVStorageObjectControlFlags VStorageObjectCreateSnapshot_Task"
    ),
    "vSAN": (
        "VsanHostPrepareVmdkLoadTest VsanHostRunVmdkLoadTest VsanHostCreateVmHealthTest VsanHostQueryRunIperfServer "
        "VsanRepairClusterImmediateObjects"
    ),
    "sessions and accounts": "CloneSession SetLocale ChangePassword LoginByToken",
}
"""What needs no more than System.Anonymous, System.View or System.Read, and acts all the same (vSphere API 9.1)."""
METHODS = {name: namespace for namespace, name in list(VmomiSupport._wsdlMethodMap)}


@pytest.mark.vcsim
@pytest.mark.parametrize("names", HARMLESS_NAMES.values(), ids=HARMLESS_NAMES)
def test_what_read_only_permits_and_still_acts_is_stopped_here(vcsim: StartHere, names: str) -> None:
    """The role Read-only lets these through, so the list has to hold them back, without a byte on the wire."""
    vcenter = vcsim("owners.json")
    sender = stub(vcenter.port, vcenter.ca_file)
    for name in names.split():
        info = VmomiSupport.GetWsdlMethod(METHODS[name], name).info
        assert info.privId in {"System.Anonymous", "System.View", "System.Read"}, name
        with pytest.raises(ForbiddenError, match=f"^{name} is not"):
            sender.InvokeMethod(info.type("some-1", sender), info, ())
    assert vcenter.calls() == {}


@pytest.mark.vcsim
@pytest.mark.parametrize(
    ("kind", "method", "on_the_wire"),
    [
        (vim.vm.guest.ProcessManager, "StartProgram", "StartProgramInGuest"),
        (vim.vm.guest.ProcessManager, "TerminateProcess", "TerminateProcessInGuest"),
        (vim.vm.guest.ProcessManager, "ReadEnvironmentVariable", "ReadEnvironmentVariableInGuest"),
        (vim.vm.guest.FileManager, "InitiateFileTransferFromGuest", "InitiateFileTransferFromGuest"),
        (vim.vm.guest.FileManager, "InitiateFileTransferToGuest", "InitiateFileTransferToGuest"),
        (vim.vm.guest.FileManager, "ListFiles", "ListFilesInGuest"),
        (vim.vm.guest.FileManager, "MakeDirectory", "MakeDirectoryInGuest"),
        (vim.vm.guest.FileManager, "MoveFile", "MoveFileInGuest"),
        (vim.vm.guest.FileManager, "MoveDirectory", "MoveDirectoryInGuest"),
        (vim.vm.guest.FileManager, "DeleteFile", "DeleteFileInGuest"),
        (vim.vm.guest.FileManager, "DeleteDirectory", "DeleteDirectoryInGuest"),
        (vim.vm.guest.FileManager, "CreateTemporaryFile", "CreateTemporaryFileInGuest"),
        (vim.vm.guest.FileManager, "CreateTemporaryDirectory", "CreateTemporaryDirectoryInGuest"),
        (vim.vm.guest.FileManager, "ChangeFileAttributes", "ChangeFileAttributesInGuest"),
        (vim.vm.guest.AuthManager, "ValidateCredentials", "ValidateCredentialsInGuest"),
        (vim.vm.guest.AuthManager, "AcquireCredentials", "AcquireCredentialsInGuest"),
        (vim.vm.guest.AuthManager, "ReleaseCredentials", "ReleaseCredentialsInGuest"),
        (vim.vm.guest.AliasManager, "AddAlias", "AddGuestAlias"),
        (vim.vm.guest.AliasManager, "RemoveAlias", "RemoveGuestAlias"),
        (vim.vm.guest.AliasManager, "RemoveAliasByCert", "RemoveGuestAliasByCert"),
        (vim.vm.guest.AliasManager, "ListAliases", "ListGuestAliases"),
        (vim.vm.guest.AliasManager, "ListMappedAliases", "ListGuestMappedAliases"),
        (vim.vm.guest.WindowsRegistryManager, "CreateRegistryKey", "CreateRegistryKeyInGuest"),
        (vim.vm.guest.WindowsRegistryManager, "ListRegistryKeys", "ListRegistryKeysInGuest"),
        (vim.vm.guest.WindowsRegistryManager, "DeleteRegistryKey", "DeleteRegistryKeyInGuest"),
        (vim.vm.guest.WindowsRegistryManager, "SetRegistryValue", "SetRegistryValueInGuest"),
        (vim.vm.guest.WindowsRegistryManager, "ListRegistryValues", "ListRegistryValuesInGuest"),
        (vim.vm.guest.WindowsRegistryManager, "DeleteRegistryValue", "DeleteRegistryValueInGuest"),
        (vim.VirtualMachine, "ShutdownGuest", "ShutdownGuest"),
        (vim.VirtualMachine, "RebootGuest", "RebootGuest"),
        (vim.VirtualMachine, "StandbyGuest", "StandbyGuest"),
    ],
)
def test_nothing_in_a_guest_but_the_list_of_its_processes_is_asked_for(
    vcsim: StartHere, kind: Any, method: str, on_the_wire: str
) -> None:
    """The account that lists processes could also start programs and read files; no byte of that leaves here."""
    vcenter = vcsim("owners.json")
    sender = stub(vcenter.port, vcenter.ca_file)
    with pytest.raises(ForbiddenError, match=on_the_wire):
        sender.InvokeMethod(kind("some-1", sender), kind._GetMethodInfo(method), ())
    assert vcenter.calls() == {}


def test_every_method_of_the_api_but_the_listed_ones_is_stopped() -> None:
    """Of all that pyVmomi can send. Nothing listens here: a call that passed would fail as refused instead."""
    sender = stub(1, "")
    passed = set()
    for namespace, name in list(VmomiSupport._wsdlMethodMap):
        info = VmomiSupport.GetWsdlMethod(namespace, name).info
        try:
            sender.InvokeMethod(vim.ServiceInstance("ServiceInstance", sender), info, ())
        except ForbiddenError:
            continue
        except (OSError, vmodl.fault.MethodNotFound):
            passed.add(info.wsdlName)
    assert passed == ALLOWED


def test_reading_an_attribute_is_no_way_round_the_list() -> None:
    """An attribute of a managed object is a hidden call that fetches its whole property."""
    with pytest.raises(ForbiddenError, match="Fetch"):
        _ = vim.VirtualMachine("vm-1", stub(1, "")).config


def test_the_fast_reader_obeys_the_list_too() -> None:
    """It does not pass through pyVmomi's own sender."""
    sender = stub(1, "")
    with pytest.raises(ForbiddenError, match="CancelRetrievePropertiesEx"):
        next(sender.stream(vmodl.query.PropertyCollector("pc", sender), "CancelRetrievePropertiesEx"))
